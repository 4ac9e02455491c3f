import { expect, test } from 'vitest';
import { panelsOf } from './panels.ts';
import { createStore } from './store.ts';
import { amount, axisAmount, dataOf, isZoomed, rangeOf, timeOfDay } from './values.ts';

test('the data of a chart has the times and, for each series, values or null; sizes are in bytes', () => {
  const store = createStore();
  const sample = { table: 'disk', key: 'sda', time: undefined };
  store.add({ ...sample, tick: 1, values: [['kB_read/s', 2]] });
  store.add({ ...sample, tick: 2, values: [['kB_wrtn/s', 3]] });
  const table = store.tables.get('disk')!;
  expect(dataOf(table, panelsOf(table, 'sda')[0]!)).toEqual([
    [1, 2],
    [2048, null],
    [null, 3072],
  ]);
});

test('a chart is zoomed if it shows a part of the times', () => {
  expect(isZoomed({ min: 1, max: 9 }, [1, 5, 9])).toBe(false);
  expect(isZoomed({ min: 2, max: 9 }, [1, 5, 9])).toBe(true);
  expect(isZoomed({ min: 1, max: 8 }, [1, 5, 9])).toBe(true);
  expect(isZoomed({}, [1, 5, 9])).toBe(false);
  expect(isZoomed({ min: 1, max: 9 }, [])).toBe(false);
});

test('the y axis begins at zero or below; percentages above 50 end at 100', () => {
  expect(rangeOf('%', 0, 60)).toEqual([0, 100]);
  expect(rangeOf('%', 0, 10)).toEqual([0, 11]);
  expect(rangeOf('number', -5, 10)).toEqual([-5, 11]);
  expect(rangeOf('number', null, null)).toEqual([0, 1.1]);
  expect(rangeOf('KB', null, 0)).toEqual([0, 1100]);
});

test('values are short and have the unit of their column', () => {
  expect([amount(0, 'KB'), amount(1.26, '%'), amount(57.3, '%')]).toEqual(['0', '1.3 %', '57 %']);
  expect([amount(2048, 'KB/s'), amount(500, 'memory')]).toEqual(['2.0 KB/s', '500 B']);
  expect([amount(0.25, 'ms'), amount(9999, 'number'), amount(12_345, 'number'), amount(-2e6, 'number')]).toEqual([
    '0.25 ms',
    '9999',
    '12.3 k',
    '-2 M',
  ]);
  expect([axisAmount(2000, 'KB/s'), axisAmount(1.5, '%')]).toEqual(['2 KB/s', '1.5 %']);
});

test('times are those of the host', () => {
  expect(timeOfDay(3661)).toBe('01:01:01');
});
