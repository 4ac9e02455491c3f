import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';
import { printable, size, table, wrap } from './terminal.ts';

test('printable escapes control characters and line breaks', () => {
  expect(printable('a\u001b[31mb\nc\u0085d\u202ee\u2066f é€😀')).toBe(
    'a\\u001b[31mb\\u000ac\\u0085d\\u202ee\\u2066f é€😀',
  );
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [15_300, '15 kB'],
  [2_500_000, '2.5 MB'],
  [3_000_000_000_000, '3.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test('table aligns columns, numbers to the right', () => {
  const rows = [
    ['1', 'a', '17 B', 'x'],
    ['10', 'bcd', '1.5 kB', 'yz'],
  ];
  expect(table(rows)).toBe(' 1  a      17 B  x\n10  bcd  1.5 kB  yz');
  expect(table([])).toBe('');
});

test('wrap indents further lines', () => {
  expect(wrap('to: ', ['one', 'two', 'three'], 12)).toBe('to: one two\n    three');
});

test.each([
  ['strat', 'start'],
  ['shwo', 'show'],
  ['sotp', 'stop'],
  ['xyzzy', undefined],
])('%s is nearest to %s', (word, expected) => {
  expect(nearest(word, ['show', 'start', 'stop', 'ls'])).toBe(expected);
});
