import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dialect } from '../../../shared/kit/table/delimited-text.ts';
import type { TableView } from '../../../shared/kit/table/table-view.ts';
import { createTextTable } from '../../../shared/kit/table/text-table.ts';
import type { IndexedTextSource } from './indexed-source.ts';
import { openIndexedTable } from './indexed-table.ts';
import { eachBatch } from './row-batches.ts';

const CSV: Dialect = { delimiter: 44, quote: true, newline: 10 };
const types = ['integer', 'number', 'text', 'date'] as const;

/** The same table in memory and read by ranges, streamed in chunks of `piece` bytes. */
async function both(text: string, piece: number): Promise<[TableView, TableView]> {
  const bytes = new TextEncoder().encode(text);
  const options = { dialect: CSV, skipRows: 1, columns: 4, types };
  const inMemory = createTextTable({ ...options, capacity: bytes.length });
  inMemory.append(bytes);
  inMemory.finish();
  const source: IndexedTextSource = {
    ...options,
    size: bytes.length,
    start: 0,
    range: async (from, to) => bytes.slice(from, to),
    async *stream() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
  };
  return [inMemory, await openIndexedTable(source, () => {})];
}

const rows = Array.from({ length: 1500 }, (_, i) => {
  const number = i % 11 === 0 ? '' : i % 13 === 0 ? 'none' : ((i * 7919) % 1009) / 8;
  const word = i % 7 === 0 ? `"quoted, ""${i}""\nover two lines"` : `Word ${(i * 31) % 97}`;
  return `${i},${number},${word},2024-01-${String((i % 28) + 1).padStart(2, '0')}\n${i % 100 === 0 ? '\n' : ''}`;
});
const text = `id,n,word,day\n${rows.join('')}`;
const plain = `id,n,word,day\r\n${rows
  .filter((row) => !row.includes('"'))
  .join('')
  .replaceAll('\n', '\r\n')}`;

test.each([
  ['with quotes', text, 100],
  ['without', plain, 100],
  ['in one piece', text, 1e6],
])('agrees with a table in memory: %s', async (_, table, piece) => {
  const [inMemory, indexed] = await both(table, piece);
  const same = async (): Promise<void> => {
    for (const from of [0, 200, 250, 700, inMemory.rowCount() - 10])
      expect(await indexed.rows(from, 30)).toEqual(await inMemory.rows(from, 30));
  };
  expect(indexed.rowCount()).toBe(inMemory.rowCount());
  await same();
  for (const column of [0, 1, 2, 3])
    for (const descending of [false, true]) {
      const by = { column, numeric: column < 2, descending };
      expect(await indexed.sort(by)).toBe(await inMemory.sort(by));
      await same();
    }
  expect(await indexed.filter('WORD 9')).toBe(await inMemory.filter('WORD 9'));
  await same();
  expect(await indexed.sort(undefined)).toBe(await inMemory.sort(undefined));
  await same();
  for (const column of [0, 1, 2, 3]) expect(await indexed.summary(column)).toEqual(await inMemory.summary(column));
  expect(await indexed.curves(3, [0, 1])).toEqual(await inMemory.curves(3, [0, 1]));
});

test('batches contain every row once, whatever the chunks', async () => {
  const cell = fc.constantFrom('a', '"b"', '"c\nd"', '', '"e""f"');
  const lines = fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (list, piece) => {
      const bytes = new TextEncoder().encode(list.map((row) => row.join(',')).join('\n'));
      const store = createTextTable({ dialect: CSV, skipRows: 0, columns: 3, capacity: 0 });
      store.append(bytes);
      store.finish();
      let count = 0;
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
      };
      await eachBatch(chunks(), CSV, 0, ({ lines: { starts } }) => {
        count += starts.length;
      });
      expect(count).toBe(store.rowCount());
    }),
  );
});

test('a row without an end is an error', async () => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('a,b\n"');
    for (let i = 0; i < 80; i++) yield new Uint8Array(1 << 20).fill(97);
  };
  await expect(eachBatch(chunks(), CSV, 0, () => {})).rejects.toThrow('the row at byte 4 has no end');
});
