import { expect, test } from 'vitest';
import { formatCell } from './cell-format.ts';
import { inferColumns, parseLineObject, valuesOf } from './json-lines.ts';

test('lines of similar objects make a table', () => {
  const lines = ['{"a":1,"b":"x","ok":true}', '{"a":2.5,"c":{"d":[1]}}', '{"a":null,"b":"y"}'];
  const columns = inferColumns(lines);
  expect(columns?.map(({ name, type }) => `${name} ${type}`)).toEqual(['a number', 'b text', 'ok boolean', 'c text']);
  const cells = lines.map((line) =>
    valuesOf(parseLineObject(line), columns ?? []).map((value) => formatCell(value, { kind: 'json' })),
  );
  expect(cells).toEqual([
    ['1', 'x', 'true', null],
    ['2.5', null, null, '{"d":[1]}'],
    [null, 'y', null, null],
  ]);
});

test.each([
  ['numbers', ['1', '2']],
  ['one object', ['{"a":1}']],
  ['broken ones', ['{"a":1}', '{"a":', 'x']],
  ['objects that have nothing in common', Array.from({ length: 20 }, (_, i) => `{"k${i}":1}`)],
])('%s are not a table', (_, lines) => expect(inferColumns(lines)).toBeUndefined());

test('names of Object.prototype are ordinary column names', () => {
  const lines = ['{"__proto__":1,"toString":2}', '{"__proto__":3}'];
  const columns = inferColumns(lines) ?? [];
  expect(columns.map(({ name }) => name)).toEqual(['__proto__', 'toString']);
  expect(valuesOf(parseLineObject(lines[1] ?? ''), columns)).toEqual([3, null]);
});

test('numbers keep their digits, and NaN is not null', () => {
  const lines = [
    '{"id": 2916334247900527533, "o": {"u": 9007199254740993}, "loss": NaN, "p": 0.1000000000000000055}',
    '{"id": 2916334247900527532, "o": {"u": 1}, "loss": -Infinity, "p": 2.50}',
    '{"id": 7, "o": null, "loss": null, "p": 1}',
  ];
  const columns = inferColumns(lines) ?? [];
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id integer',
    'o text',
    'loss number',
    'p number',
  ]);
  expect(
    lines.map((line) => valuesOf(parseLineObject(line), columns).map((value) => formatCell(value, { kind: 'json' }))),
  ).toEqual([
    ['2916334247900527533', '{"u":9007199254740993}', 'NaN', '0.1000000000000000055'],
    ['2916334247900527532', '{"u":1}', '-Infinity', '2.5'],
    ['7', null, null, '1'],
  ]);
});
