import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationOf, parseCast } from './asciicast.ts';

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

test('version 2: times are absolute', () => {
  const cast = parseCast(
    lines({ version: 2, width: 80, height: 24, title: 'T' }, [0.5, 'o', 'a'], [1.5, 'i', 'b'], [2, 'm', '']),
  );
  expect(cast).toMatchObject({ version: 2, columns: 80, rows: 24, title: 'T' });
  expect(cast.events).toEqual([
    [0.5, 'o', 'a'],
    [1.5, 'i', 'b'],
    [2, 'm', ''],
  ]);
  expect(cast.invalid).toBeUndefined();
});

test('version 3: times are relative to the previous event; comments, exit codes and sizes are read', () => {
  const text = `${lines({ version: 3, term: { cols: 60, rows: 16 } }, [0.5, 'o', 'a'])}# a comment\n\n${lines([1, 'r', '70x20'], [0.25, 'x', '0'], [0.25, 'o', 'b'])}`;
  const cast = parseCast(text);
  expect(cast).toMatchObject({ version: 3, columns: 60, rows: 16 });
  expect(cast.events).toEqual([
    [0.5, 'o', 'a'],
    [1.5, 'r', '70x20'],
    [2, 'o', 'b'],
  ]);
  expect(durationOf(cast)).toBe(2);
  expect(cast.invalid).toBeUndefined();
});

test('version 1: one JSON value over several lines', () => {
  const text = JSON.stringify(
    {
      version: 1,
      width: 80,
      height: 24,
      command: 'top',
      stdout: [
        [1, 'a'],
        [2, 'b'],
      ],
    },
    null,
    1,
  );
  expect(parseCast(text)).toMatchObject({
    version: 1,
    command: 'top',
    events: [
      [1, 'o', 'a'],
      [3, 'o', 'b'],
    ],
  });
});

test('invalid events are left out and counted; the incomplete last line of a part is ignored', () => {
  const text = `${lines({ version: 2, width: 80, height: 24 }, [1, 'o', 'a'])}[2, "o\n${lines(['x', 'o', 'y'], [3, 'o'], [4, 'o', 'b'])}[5, "o", "c`;
  expect(parseCast(text)).toMatchObject({
    invalid: { line: 3, count: 4 },
    events: [
      [1, 'o', 'a'],
      [4, 'o', 'b'],
    ],
  });
  expect(parseCast(text, true).invalid).toEqual({ line: 3, count: 3 });
});

test('impossible sizes and times are clamped', () => {
  const cast = parseCast(
    lines(
      { version: 2, width: 1e9, height: -1, idle_time_limit: -1 },
      [5, 'o', 'a'],
      [1, 'o', 'b'],
      [6, 'r', '99999x1'],
      [7, 'r', 7],
    ),
  );
  expect(cast).toMatchObject({ columns: 1000, rows: 24, idleLimit: undefined });
  expect(cast.events).toEqual([
    [5, 'o', 'a'],
    [5, 'o', 'b'],
  ]);
});

test.each([
  ['', 'not an asciicast: its first line is not a header'],
  ['[0, "o", "x"]\n', 'not an asciicast'],
  ['{"version": 9}\n', 'asciicast of version 9: 1, 2 and 3 are known'],
])('%j is rejected', (text, message) => {
  expect(() => parseCast(text)).toThrow(message);
});

test('no input throws after a valid header', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.json(), fc.string())), (values) => {
      for (const header of ['{"version":2}', '{"version":3,"term":7}']) parseCast([header, ...values].join('\n'));
    }),
  );
});
