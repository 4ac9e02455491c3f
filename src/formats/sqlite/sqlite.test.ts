import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { previewTable } from './preview.ts';
import { openDatabase, rowsOf } from './shared/database.ts';
import { tablesOf, valuesOf } from './shared/schema.ts';

const golden = Uint8Array.from(readFileSync(join(import.meta.dirname, 'golden/sqlite/tables/input.sqlite')));
const open = (bytes: Uint8Array): ReturnType<typeof openDatabase> =>
  openDatabase(async (from, to) => bytes.subarray(from, to), bytes.length);

async function rowsOfTable(name: string): Promise<unknown[][]> {
  const database = await open(golden);
  const table = (await tablesOf(database)).tables.find((candidate) => candidate.name === name);
  const rows: unknown[][] = [];
  if (table) for await (const row of rowsOf(database, table.root)) rows.push(valuesOf(row, table));
  return rows;
}

test('reads values as SQLite does', async () => {
  expect(await rowsOfTable('people <b>')).toEqual([
    [-4, 'neg', -1, 1e300, 'x', null],
    [1, 'Ada <script>alert(1)</script>', 36, 55.5, 'a "note"', Uint8Array.from([0, 255, 16])],
    [2, 'Grace', null, 61, null, null],
    [7, 'Zürich', 9007199254740993n, -0.25, '', new Uint8Array(0)],
  ]);
});

test('reads a table of many pages, without virtual generated columns', async () => {
  const rows = await rowsOfTable('numbers');
  expect(rows).toHaveLength(3000);
  expect(rows[2999]).toEqual([3000, 27_000_000_000]);
});

test('reads overflow pages and columns that were added later', async () => {
  const [[long]] = (await rowsOfTable('long')) as [[string]];
  expect(long).toBe('ä€'.repeat(3000));
  expect(await rowsOfTable('later')).toEqual([[1, 'x']]);
});

test('reads tables WITHOUT ROWID', async () => {
  expect(await rowsOfTable('kv')).toEqual([['a', 1]]);
  const bytes = Uint8Array.from(readFileSync(join(import.meta.dirname, 'golden/sqlite/keyed/input.sqlite')));
  const database = await open(bytes);
  const [wordTable] = (await tablesOf(database)).tables;
  const rows: unknown[][] = [];
  if (wordTable) for await (const row of rowsOf(database, wordTable.root)) rows.push(valuesOf(row, wordTable));
  expect(rows).toHaveLength(2000);
  const word = (i: number): string => (i % 100 === 0 ? 'long '.repeat(500) : 'short');
  const expected = Array.from({ length: 2000 }, (_, i) => [word(i), i % 7, `word ${i}`, i]);
  expected.sort((a, b) => Number(a[1]) - Number(b[1]) || (String(a[2]) > String(b[2]) ? -1 : 1));
  expect(rows).toEqual(expected);
});

test('lists tables and views', async () => {
  const { tables, views } = await tablesOf(await open(golden));
  expect(tables.map(({ name }) => name)).toEqual(['people <b>', 'numbers', 'long', 'kv', 'later']);
  expect(views).toEqual(['adults']);
});

test('damaged databases are reported and do not hang', async () => {
  await expect(open(new TextEncoder().encode('hello'))).rejects.toThrow('not an SQLite database');
  await expect(open(golden.subarray(0, 50))).rejects.toThrow('incomplete');
  const change = fc.tuple(fc.nat({ max: golden.length - 1 }), fc.nat({ max: 255 }));
  const changeInFirstPage = fc.tuple(fc.nat({ max: 4096 }), fc.nat({ max: 255 }));
  let rowCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(change, changeInFirstPage), { maxLength: 30 }), async (changes) => {
      const bytes = Uint8Array.from(golden);
      for (const [offset, value] of changes) bytes[offset] = value;
      try {
        const database = await open(bytes);
        const { tables } = await tablesOf(database);
        for (const [part, candidate] of tables.entries())
          rowCount += (await previewTable(database, candidate, { size: bytes.length, source: '', part })).rows.length;
      } catch (error) {
        expect(String(error)).toMatch(/SQLite database/);
      }
    }),
    { numRuns: 150 },
  );
  expect(rowCount).toBeGreaterThan(100);
});
