import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import { orderByNumber, orderByText } from '../../../shared/kit/table/sort.ts';
import { zoneMapBuilder } from './zone-maps.ts';
import { topRowsFromZones } from './zone-search.ts';

const STEP = 4;

/** Encodes rows of two columns. */
function encodeRows(rows: readonly (readonly string[])[]): RowBytes {
  const parts = rows.map((row) => new TextEncoder().encode(`${row.join(';')}\n`));
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const part of parts) {
    starts.push(at);
    at += part.length;
    ends.push(at - 1);
  }
  return {
    bytes: new Uint8Array(Buffer.concat(parts)),
    dialect: { delimiter: 59, quote: true, newline: 10 },
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
  };
}

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom(
    '',
    'none',
    '"7"',
    '-0',
    '0',
    '1e3',
    '0.1234567890123456789',
    '0.1234567890123456788',
    '9007199254740993',
    '9007199254740992',
    '-12.5',
    '1,5',
    '+5',
    '""',
  ),
);
const word = fc.oneof(
  fc.constantFrom('', 'a', 'A', '"a"', '"a ""b"""', 'ä', '""'),
  fc.string({ unit: fc.constantFrom('x', 'Y'), maxLength: 4 }).map((end) => `the same for more than that ${end}`),
);

test('top rows agree with a full sort', async () => {
  const table = fc.array(fc.tuple(number, word), { minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (rows, most, descending) => {
      const zones = zoneMapBuilder(2, ['number', 'text'], STEP);
      for (let at = 0; at < rows.length; at += 7) zones.add(encodeRows(rows.slice(at, at + 7)));
      for (const column of [0, 1]) {
        const first = await topRowsFromZones(
          zones.zones(),
          { column, numeric: column === 0, descending },
          most,
          async (block) => encodeRows(rows.slice(block * STEP, (block + 1) * STEP)),
        );
        const order = (column === 0 ? orderByNumber : orderByText)(encodeRows(rows), column, descending);
        const values = rows.filter((row) => !['', '""', ...(column === 0 ? ['none'] : [])].includes(row[column] ?? ''));
        expect(first && [...first]).toEqual(values.length < most ? undefined : [...order.subarray(0, most)]);
      }
    }),
    { numRuns: 300 },
  );
});

test('few blocks are read', async () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => [String((i * 7919) % 40_009), `name-${(i * 31) % 9973}`]);
  const zones = zoneMapBuilder(2, ['integer', 'text'], STEP);
  zones.add(encodeRows(rows));
  for (const column of [0, 1]) {
    let read = 0;
    const first = await topRowsFromZones(
      zones.zones(),
      { column, numeric: column === 0, descending: true },
      50,
      async (block) => {
        read++;
        return encodeRows(rows.slice(block * STEP, (block + 1) * STEP));
      },
    );
    expect(first).toHaveLength(50);
    expect(read).toBeLessThan(100);
  }
});
