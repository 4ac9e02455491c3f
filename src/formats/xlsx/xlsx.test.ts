import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWorkbook, sheetOf } from './shared/sheet.ts';
import { elementsOf, plain } from './shared/xml.ts';
import { textOfFile } from './shared/zip.ts';

const golden = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(join(import.meta.dirname, `golden/xlsx/${name}/input.xlsx`)));
const readOf = (bytes: Uint8Array) => async (from: number, to: number) => bytes.subarray(from, to);
const open = (bytes: Uint8Array): ReturnType<typeof openWorkbook> => openWorkbook(readOf(bytes), bytes.length);
const facts = { size: 0, source: '' };

test('cells are what a spreadsheet shows: dates, percentages as numbers, words, gaps', async () => {
  const workbook = await open(golden('book'));
  const { rows, columns } = await sheetOf(workbook, 0, facts);
  expect(columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'day: date',
    'city: text',
    'amount: number',
    'share: number',
    'ok: boolean',
    'when: date',
    'formula: text',
  ]);
  expect(rows[1]).toEqual(['2024-02-27', 'Oslo <b>', '10.5', '0.125', 'false', '2024-01-02 04:04:05', '']);
  expect(rows[2]?.[1]).toBe('');
  expect(rows[3]?.[2]).toBe('n/a');
});

test('shared texts, rich ones, gaps between cells, dates from 1904', async () => {
  const workbook = await open(golden('shared'));
  const { rows, columns } = await sheetOf(workbook, 0, facts);
  expect(columns.map(({ name }) => name)).toEqual(['name', 'B', 'day', 'D']);
  expect(rows).toEqual([
    [' Ann & <b>Bob</b> ', '', '1904-01-02 12:00:00', '3'],
    ['rich', '#DIV/0!', '1904-01-01', ''],
    ['課', '', '', ''],
    ['…', '', '', ''],
  ]);
});

test('whatever is broken is told', async () => {
  const bytes = golden('book');
  await expect(open(new TextEncoder().encode('hello, world'))).rejects.toThrow('no zip archive');
  await expect(open(Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0]))).rejects.toThrow('.xls');
  await expect(open(bytes.subarray(0, 9000))).rejects.toThrow('this .xlsx file is broken: it is not whole');
  const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const broken = Uint8Array.from(bytes);
      for (const [at, value] of changes) broken[at] = value;
      const workbook = await open(broken).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Error);
        return undefined;
      });
      for (const sheet of workbook?.sheets.keys() ?? []) read += (await sheetOf(workbook!, sheet, facts)).rows.length;
    }),
    { numRuns: 60 },
  );
  expect(read).toBeGreaterThan(0);
});

test('a bomb is left when enough was read', async () => {
  const packed = deflateRawSync(new Uint8Array(64 << 20).fill(97));
  const bytes = new Uint8Array(30 + packed.length);
  bytes.set([0x50, 0x4b, 3, 4]);
  bytes.set(packed, 30);
  let letters = 0;
  const file = { name: 'bomb', offset: 0, packed: packed.length, size: 64 << 20, method: 8 };
  for await (const text of textOfFile(readOf(bytes), file, 100_000)) letters += text.length;
  expect(letters).toBeGreaterThanOrEqual(100_000);
  expect(letters).toBeLessThan(1_000_000);
});

test('elements are found wherever the text is cut', async () => {
  const text = '<a><x:si>1</x:si><size/><si/><si b="2">&lt;<t>3</t></si ></a>';
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
      const pieces = async function* (): AsyncGenerator<string> {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      };
      const found: string[] = [];
      for await (const { inner, attributes } of elementsOf(pieces(), 'si')) found.push(`${attributes}|${inner}`);
      expect(found).toEqual(['|1', '|', ' b="2"|&lt;<t>3</t>']);
    }),
  );
  expect(plain('&lt;&#65;&#x42;&amp;lt; &nbsp; _x0041_')).toBe('<AB&lt; &nbsp; A');
});
