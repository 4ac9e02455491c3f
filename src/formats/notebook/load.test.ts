import { expect, test } from 'vitest';
import { closeNotebook } from './close-json.ts';
import { loadNotebook } from './load.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const load = (text: string) => loadNotebook({ size: text.length, head: bytes(text), tail: new Uint8Array() });
const cell = (source: string) => ({
  cell_type: 'code',
  execution_count: 1,
  metadata: {},
  outputs: [],
  source: [source],
});

test('an incomplete notebook is read up to its last complete cell, and its fault is reported', () => {
  const text = JSON.stringify({ cells: [cell('a = "}]"'), cell('b'), cell('c')], nbformat: 4 });
  const { notebook, problem } = load(text.slice(0, text.indexOf('"c"') + 2));
  expect(notebook.cells.map((loaded) => loaded.kind === 'code' && loaded.source)).toEqual(['a = "}]"', 'b']);
  expect(problem).toMatch(/^Not JSON at line 1, column \d+: it ends inside a string\. The cells before it:$/);
});

test('the cells of a large notebook are read from its beginning, the language from its end', () => {
  const text = JSON.stringify({ cells: Array.from({ length: 100 }, (_, i) => cell(`x${i}`)), metadata: {} });
  const head = bytes(text.slice(0, 2000));
  const tail = bytes('"metadata":{"kernelspec":{"display_name":"R","language":"R","name":"ir"}}}');
  const { notebook, language, problem } = loadNotebook({ size: 1e9, head, tail });
  expect(notebook.cells.length).toBeGreaterThan(10);
  expect(language).toBe('R');
  expect(problem).toBeUndefined();
});

test.each([
  ['[1, 2]', 'not a notebook: it has no list of cells'],
  ['{"cells": 7}', 'not a notebook: it has no list of cells'],
  ['{"cells": [{"x', 'Not JSON at line 1, column 15'],
  [`{"cells":${'['.repeat(2000)}${']'.repeat(2000)}}`, 'not a notebook: its JSON is nested 2001 levels deep'],
])('%.20s… is rejected', (text, message) => {
  expect(() => load(text)).toThrow(message);
});

test('closes the open brackets after the last complete cell', () => {
  for (const text of ['', '}', '{"cells":[{}', '{"cells":[{}}', '{"worksheets":[{"cells":[{}'])
    expect(closeNotebook(text)).toBe(
      {
        '{"cells":[{}': '{"cells":[{}]}',
        '{"cells":[{}}': '{"cells":[{}]}',
        '{"worksheets":[{"cells":[{}': '{"worksheets":[{"cells":[{}]}]}',
      }[text],
    );
});
