import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowHandler, stringHandler } from './shared/cells.ts';
import { openWorkbook, sheetOf } from './shared/sheet.ts';
import { parseXml } from './shared/xml.ts';
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

test('XML is parsed alike wherever the pieces are cut', async () => {
  const text = '<a><x:si>1</x:si><size/><si/><si b="2">&lt;<t>3</t></si ></a>';
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
      const parsed = parseXml<string>(piecesOf(text, size), (emit) => {
        let content = '';
        return {
          open(name, attributes) {
            content = name === 'si' ? `${JSON.stringify(attributes)}|` : `${content}<${name}>`;
          },
          text: (part) => (content += part),
          close: (name) => name === 'si' && emit(content),
        };
      });
      expect(await collect(parsed)).toEqual(['{}|1', '{}|', '{"b":"2"}|<<t>3']);
    }),
  );
});

test('entities and Office escapes are decoded, and unknown entities stay', async () => {
  const xml = '<sst><si><t>&lt;&#65;&#x42;&amp;lt; &nbsp; _x0041_</t></si></sst>';
  expect(await collect(parseXml(piecesOf(xml, 5), stringHandler))).toEqual(['<AB&lt; &nbsp; A']);
});

test('a string joins its runs and leaves out phonetic hints', async () => {
  const xml = '<sst><si><r><t>a</t></r><rPh sb="0"><t>hint</t></rPh><r><t><![CDATA[<b>]]></t></r></si><si/></sst>';
  expect(await collect(parseXml(piecesOf(xml, 7), stringHandler))).toEqual(['a<b>', '']);
});

test('cells without a reference follow the one before', async () => {
  const xml = '<sheetData><row/><row><c><v>1</v></c><c r="D1"/><c t="str"><v>x</v></c></row></sheetData>';
  expect(await collect(parseXml(piecesOf(xml, 3), rowHandler))).toEqual([
    [
      { column: 0, kind: 'n', style: 0, text: '1' },
      { column: 4, kind: 'str', style: 0, text: 'x' },
    ],
  ]);
});

test('malformed XML costs only the cells it is in', async () => {
  const xml = '<sheetData><row><c r="A1"><v>1</v></c></row><row><c r=A2><v>2</v></x></c></row><row><c><v>3</v>';
  const rows = await collect(parseXml(piecesOf(xml, 4), rowHandler));
  expect(rows.map((row) => row.map(({ text }) => text))).toEqual([['1'], ['2']]);
});

test('a text without end is refused', async () => {
  const endless = async function* (): AsyncGenerator<string> {
    yield '<t>';
    for (;;) yield 'a'.repeat(1 << 20);
  };
  await expect(collect(parseXml(endless(), stringHandler))).rejects.toThrow('too long');
});

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
