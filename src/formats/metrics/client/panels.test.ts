import { expect, test } from 'vitest';
import { shownPanels, subtitleOf, tablesWithChoice } from './panels.ts';
import { createStore, type Store } from './store.ts';

function disksAndProcesses(): Store {
  const store = createStore();
  const add = (table: string, key: string, column: string, value: number) =>
    store.add({ table, key, time: undefined, tick: 1, values: [[column, value]] });
  add('disk', 'sda', 'tps', 5);
  add('disk', 'vda', 'tps', 300);
  add('disk', 'vda', 'kB_read/s', 1);
  add('memory', '', 'free', 1);
  add('processes', 'init', '%CPU', 1);
  add('processes', 'bash', '%CPU', 2);
  return store;
}

test('each table shows the selected key, or its busiest one', () => {
  const { tables } = disksAndProcesses();
  const keys = (selected: ReadonlyMap<string, string>) =>
    shownPanels(tables.values(), selected).map(({ table, key }) => `${table.name} ${key}`);
  expect(keys(new Map())).toEqual(['disk vda', 'disk vda', 'memory ', 'processes bash']);
  expect(keys(new Map([['disk', 'sda']]))).toEqual(['disk sda', 'memory ', 'processes bash']);
});

test('only tables with several keys have a choice, once; processes are compared in one chart', () => {
  const panels = shownPanels(disksAndProcesses().tables.values(), new Map());
  expect(tablesWithChoice(panels).map(({ table }) => table.name)).toEqual(['disk']);
});

test('a subtitle has the unit and the key, unless the title or the legend has them', () => {
  const panels = shownPanels(disksAndProcesses().tables.values(), new Map());
  expect(panels.map(subtitleOf)).toEqual(['per second, vda', 'KB/s, vda', '', '']);
});
