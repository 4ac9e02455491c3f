import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from './cell-format.ts';
import { formatCell } from './cell-format.ts';
import type { ColumnSource } from './column-source.ts';
import { columnarTable } from './columnar.ts';
import { NonNumbers } from './non-numbers.ts';
import { numberOrder, textOrder } from './sort.ts';
import { computeCurves, summarizeNumbers } from './statistics.ts';
import { topNumbers, topOfGroups, topTexts } from './top-rows.ts';

const NUMBER: Column = { name: 'n', type: 'number', label: 'double', format: { kind: 'plain' } };
const WORD: Column = { name: 'w', type: 'text', label: 'string', format: { kind: 'plain' } };

function sourceOf(rows: readonly (readonly [number | null, string | null])[], block: number): ColumnSource {
  return {
    rows: rows.length,
    columns: [NUMBER, WORD],
    blocks: Array.from({ length: Math.ceil(rows.length / block) }, (_, i) => i * block),
    read: async (column, from, to) => rows.slice(from, to).map((row) => row[column]),
  };
}
const table = fc.array(
  fc.tuple(fc.option(fc.integer({ min: -50, max: 50 })), fc.option(fc.constantFrom('b', 'A', 'a', 'é', 'É', ''))),
  { minLength: 1, maxLength: 120 },
);

test('rows are read in file order, sorted and filtered, whatever the blocks', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (rows, block, descending) => {
      const store = columnarTable(sourceOf(rows, block), () => {});
      const seen = async (): Promise<(string | null)[][]> => (await store.rows(0, 200)).map((row) => row.cells);
      expect(await seen()).toEqual(rows.map(([n, w]) => [n === null ? null : String(n), w]));

      await store.sort({ column: 0, numeric: true, descending });
      const sign = descending ? -1 : 1;
      const byNumber = [...rows.entries()].sort(
        ([, [a]], [, [b]]) => Number(a === null) - Number(b === null) || sign * ((a ?? 0) - (b ?? 0)),
      );
      expect((await store.rows(0, 200)).map((row) => row.number - 1)).toEqual(byNumber.map(([i]) => i));

      const kept = rows.filter(([, w]) => w?.toLowerCase() === 'a').length;
      const digits = rows.filter(([n, w]) => w?.toLowerCase() === 'a' || String(n).includes('a')).length;
      expect(await store.filter('a')).toBe(digits);
      expect((await seen()).filter(([, w]) => w?.toLowerCase() === 'a')).toHaveLength(kept);
      expect(await store.filter('É')).toBe(rows.filter(([, w]) => w?.toLowerCase() === 'é').length);
      expect(await store.filter('')).toBe(rows.length);

      await store.sort({ column: 1, numeric: false, descending: false });
      const words = (await seen()).map(([, w]) => w ?? '').filter((w) => w !== '');
      expect(words.map((w) => w.toLowerCase())).toEqual(words.map((w) => w.toLowerCase()).sort());
      await store.sort(undefined);
      expect((await store.rows(0, 1))[0]?.number).toBe(1);
    }),
    { numRuns: 60 },
  );
});

test('topNumbers agrees with a full sort', () => {
  const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double());
  fc.assert(
    fc.property(
      fc.array(number, { maxLength: 300 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (list, most, down) => {
        const numbers = Float64Array.from(list);
        const all = numberOrder(
          list.length,
          (row) => numbers[row] ?? 0,
          () => false,
          down,
        );
        const find = topNumbers(down, most);
        for (const [row, value] of list.entries()) find.add(row, value);
        const first = find.rows();
        expect([...first]).toEqual([...all.subarray(0, first.length)]);
        expect(first.length).toBe(Math.min(most, list.filter((one) => !Number.isNaN(one)).length));
      },
    ),
  );
});

test('topOfGroups skips groups that their bounds exclude', async () => {
  const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double());
  const part = fc.record({ numbers: fc.array(number, { minLength: 1, maxLength: 30 }), isKnown: fc.boolean() });
  const first = async (
    parts: readonly { numbers: readonly number[]; isKnown: boolean }[],
    down: boolean,
    most: number,
  ): Promise<[rows: number[], read: number[]]> => {
    const read: number[] = [];
    const all = parts.flatMap(({ numbers }) => numbers);
    let to = 0;
    const own = parts.map(({ numbers, isKnown }) => {
      const from = to;
      to += numbers.length;
      const there = numbers.filter((one) => !Number.isNaN(one));
      const bounds = isKnown && there.length > 0 ? ([Math.min(...there), Math.max(...there)] as const) : undefined;
      return { from, to, bounds };
    });
    const { rows } = await topOfGroups(own, down, most, async ({ from, to }, take) => {
      read.push(from);
      const middle = Math.floor((from + to) / 2);
      take(Float64Array.from(all.slice(from, middle)), from);
      take(Float64Array.from(all.slice(middle, to)), middle);
    });
    return [[...rows], read];
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (parts, most, down) => {
        const find = topNumbers(down, most);
        for (const [row, value] of parts.flatMap(({ numbers }) => numbers).entries()) find.add(row, value);
        expect((await first(parts, down, most))[0]).toEqual([...find.rows()]);
      },
    ),
  );
  const rising = [1, 2, 3, 4].map((n) => ({ numbers: [10 * n, 10 * n + 1, 10 * n + 1], isKnown: true }));
  expect(await first(rising, false, 3)).toEqual([[0, 1, 2], [0]]);
  expect(await first(rising, true, 2)).toEqual([[10, 11], [9]]);
});

test('topTexts agrees with a full sort', () => {
  const word = fc.constantFrom('', 'a', 'A', 'ab', 'b', 'ba', 'zebra', 'Zebra 1');
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 300 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (list, most, down) => {
        const bytes = new TextEncoder().encode(list.join(''));
        const to = Uint32Array.from(list, (_, i) => list.slice(0, i + 1).join('').length);
        const from = Uint32Array.from(list, (one, i) => (to[i] ?? 0) - one.length);
        const find = topTexts(down, most);
        for (const row of list.keys()) find.add(row, bytes, from[row] ?? 0, to[row] ?? 0);
        const first = find.rows();
        expect([...first]).toEqual([...textOrder(bytes, from, to, down).subarray(0, first.length)]);
        expect(first.length).toBe(Math.min(most, list.filter((one) => one !== '').length));
      },
    ),
  );
});

test('a numeric column is summarised by range, mean, missing cells and histogram', () => {
  const numbers = Float64Array.from([1, 2, 3, Number.NaN, 4, Number.POSITIVE_INFINITY]);
  const { range, missing, rows } = summarizeNumbers(numbers, new NonNumbers(), { kind: 'plain' }, true);
  expect({ rows, missing }).toEqual({ rows: 6, missing: 1 });
  expect(range).toMatchObject({ least: '1', greatest: '4', mean: '2.5' });
  expect(range?.bins.reduce((sum, one) => sum + one)).toBe(4);
  expect(summarizeNumbers(new Float64Array(0), new NonNumbers(), { kind: 'plain' }, true)).toEqual({
    rows: 0,
    missing: 0,
  });
});

test('curves keep the range of each step', () => {
  const y = Float64Array.from({ length: 4000 }, (_, i) => (i === 1234 ? 1e6 : i % 10));
  const { curves, from, to, least, greatest } = computeCurves(4000, undefined, [{ numbers: y }], { kind: 'plain' });
  expect({ from, to, least, greatest }).toEqual({ from: '1', to: '4000', least: 0, greatest: 1e6 });
  expect(Math.max(...(curves[0]?.high ?? []))).toBe(1e6);
  expect(curves[0]?.mean[0]).toBe(4.5);
  expect(
    computeCurves(2, { numbers: Float64Array.from([Number.NaN, Number.NaN]) }, [{ numbers: y }], { kind: 'plain' })
      .curves[0]?.mean[0],
  ).toBeNaN();
});

test.each([
  [1709251198123456n, { kind: 'moment', perSecond: 1e6, zone: true }, '2024-02-29 23:59:58.123456Z'],
  [-1n, { kind: 'moment', perSecond: 1000, zone: false }, '1969-12-31 23:59:59.999'],
  [9223372036854775807n, { kind: 'moment', perSecond: 1000, zone: false }, '9223372036854775807'],
  [-1, { kind: 'date' }, '1969-12-31'],
  [3661500n, { kind: 'clock', perSecond: 1000 }, '01:01:01.5'],
  [30, { kind: 'decimal', scale: 2 }, '0.30'],
  [-1n, { kind: 'decimal', scale: 12 }, '-0.000000000001'],
  [12345678901234567890123456123456789012n, { kind: 'decimal', scale: 12 }, '12345678901234567890123456.123456789012'],
  [-7n, { kind: 'decimal', scale: 0 }, '-7'],
  [-0, { kind: 'plain' }, '-0'],
  [-0, { kind: 'float' }, '-0'],
  [new Uint8Array([0, 255]), { kind: 'bytes' }, '00 ff'],
  [new Uint8Array([104, 105]), { kind: 'plain' }, 'hi'],
  [{ a: [1n, 2n ** 60n] }, { kind: 'json' }, '{"a":[1,1152921504606846976]}'],
  [{ a: [Number.NaN, -0], b: Float64Array.of(-Infinity) }, { kind: 'json' }, '{"a":[NaN,-0],"b":[-Infinity]}'],
  [null, { kind: 'plain' }, null],
] as const)('%s in a column of %j is %j', (value, format, text) => expect(formatCell(value, format)).toBe(text));

test('missing, NaN, infinite and other cells are told apart', async () => {
  const values = [1.5, null, Number.NaN, '', 'n/a', 'word', Number.POSITIVE_INFINITY, 2n, Number.NaN];
  const source: ColumnSource = {
    rows: values.length,
    columns: [{ name: 'x', type: 'number', label: 'double', format: { kind: 'plain' } }],
    blocks: [0, 4],
    read: async (_, from, to) => values.slice(from, to),
  };
  expect(await columnarTable(source, () => {}).summary(0)).toMatchObject({
    missing: 2,
    others: 1,
    named: [
      { text: 'NaN', count: 2 },
      { text: 'n/a', count: 1 },
      { text: 'Infinity', count: 1 },
    ],
    range: { least: '1.5', greatest: '2' },
  });
});
