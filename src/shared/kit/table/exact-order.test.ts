import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, formatCell } from './cell-format.ts';
import { columnarTable } from './columnar.ts';

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'integer', label: 'int64', format: { kind: 'plain' } },
  { name: 'amount', type: 'number', label: 'decimal(38, 12)', format: { kind: 'decimal', scale: 12 } },
  { name: 'at', type: 'date', label: 'timestamp', format: { kind: 'moment', perSecond: 1e9, zone: false } },
];

/** Integers of which many differ only in digits that floating point does not hold. */
const wide = (digits: bigint) =>
  fc.oneof(
    fc.bigInt({ min: -9n, max: 9n }),
    fc
      .tuple(fc.constantFrom(1n, -1n), fc.constantFrom(2n ** 53n, 10n ** digits), fc.bigInt({ min: 0n, max: 3n }))
      .map(([sign, base, more]) => sign * (base + more)),
  );

const compare = (a: bigint | null, b: bigint | null, sign: number): number => {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a < b ? -1 : a > b ? 1 : 0);
};

test.each([
  [0, 18n],
  [1, 37n],
  [2, 18n],
])('column %i is sorted exactly, and its summary ends with its cells', async (column, digits) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(wide(digits)), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (values, block, descending) => {
        const format = COLUMNS[column]!;
        const table = columnarTable(
          {
            rows: values.length,
            columns: [format],
            blocks: Array.from({ length: Math.ceil(values.length / block) }, (_, i) => i * block),
            read: async (_, from, to) => values.slice(from, to),
          },
          () => {},
        );
        await table.sort({ column: 0, numeric: true, descending });
        const sorted = [...values.entries()].sort(([i, a], [j, b]) => compare(a, b, descending ? -1 : 1) || i - j);
        expect((await table.rows(0, 60)).map(({ number }) => number - 1)).toEqual(sorted.map(([row]) => row));
        const present = values.filter((value) => value !== null).sort((a, b) => compare(a, b, 1));
        if (present.length === 0) return;
        const { range } = await table.summary(0);
        expect(range?.least).toBe(formatCell(present[0], format.format));
        expect(range?.greatest).toBe(formatCell(present.at(-1), format.format));
      },
    ),
    { numRuns: 100 },
  );
});
