import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowHandler, stringHandler } from './shared/cells.ts';
import { numberFormat } from './shared/number-formats.ts';
import { previewSheet } from './shared/sheet.ts';
import { openWorkbook } from './shared/workbook.ts';
import { parseXml } from './shared/xml.ts';
import { textOfFile } from './shared/zip.ts';

const golden = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(join(import.meta.dirname, `golden/xlsx/${name}/input.xlsx`)));
const rangeReader = (bytes: Uint8Array) => async (from: number, to: number) => bytes.subarray(from, to);
const open = (bytes: Uint8Array): ReturnType<typeof openWorkbook> => openWorkbook(rangeReader(bytes), bytes.length);
const facts = { size: 0, source: '' };

test('reads dates, numbers, booleans, texts and empty cells', async () => {
  const workbook = await open(golden('book'));
  const { rows, columns } = await previewSheet(workbook, 0, facts);
  expect(columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'day: date',
    'city: text',
    'amount: number',
    'share: number',
    'ok: boolean',
    'when: date',
    'formula: text',
  ]);
  expect(rows[1]).toEqual(['2024-02-27', 'Oslo <b>', '10.5', '12.5%', 'false', '2024-01-02 4:04:05', '=C3*2']);
  expect(rows[2]?.[1]).toBe('');
  expect(rows[3]?.[2]).toBe('n/a');
});

test('reads shared and rich strings, omitted cells and 1904 dates', async () => {
  const workbook = await open(golden('shared'));
  const { rows, columns } = await previewSheet(workbook, 0, facts);
  expect(columns.map(({ name }) => name)).toEqual(['name', 'B', 'day', 'D']);
  expect(rows).toEqual([
    [' Ann & <b>Bob</b> ', '', '1904-01-02', '3.00days'],
    ['rich', '#DIV/0!', '1904-01-01', ''],
    ['課', '', '', ''],
    ['…', '', '', ''],
  ]);
});

test.each([
  ['', 0.1, '0.1', '0.1'],
  ['@', 123456789012345, '123456789012345', '123456789012345'],
  ['[Blue]General', -0, '-0', '-0'],
  ['#,##0.00', -1234567.891, '-1,234,567.89', '-1234567.891'],
  ['0.0%', 0.1234, '12.3%', '0.1234'],
  ['# ?/?', 1.25, '1 1/4', '1.25'],
  ['0.00E+00', 12345, '1.23E+04', '12345'],
  ['#,##0,"k"', 12345, '12k', '12345'],
  ['[>=100]"big" 0;"small" 0', 50, 'small 50', '50'],
  ['0_);\\(0\\)', -3, '(3)', '-3'],
  ['yyyy-mm-dd', 1, '1900-01-01', '1900-01-01'],
  ['yyyy-mm-dd', 59, '1900-02-28', '1900-02-28'],
  ['yyyy-mm-dd', 60, '1900-02-29', '60'],
  ['yyyy-mm-dd', 61, '1900-03-01', '1900-03-01'],
  ['yyyy-mm-dd', -1, '-1', '-1'],
  ['d.m.yyyy', 45000.5, '15.3.2023', '2023-03-15 12:00:00'],
  ['mmm yyyy', 2_958_465, 'Dec 9999', '9999-12-31'],
  ['[$-F800]dddd\\, mmmm dd\\, yyyy', 45000, '2023-03-15', '2023-03-15'],
  ['h:mm', 1.5, '12:00', '1900-01-01 12:00:00'],
  ['h:mm AM/PM', 0.75, '6:00 PM', '18:00:00'],
  ['[h]:mm', 1.5, '36:00', '36:00:00'],
  ['[hh]:mm:ss', 10.6320601851852, '255:10:10', '255:10:10'],
  ['mm:ss.0', 0.00001, '00:00.9', '00:00:00.864'],
  ['[h]:mm', -0.5, '-12:00', '-12:00:00'],
  ['"never closed', 7, '7', '7'],
])('the format %s shows %d as %s, exactly %s', (code, value, shown, exact) => {
  const format = numberFormat(code, false);
  expect(format.text(value)).toBe(shown);
  expect(format.exactText(value)).toBe(exact);
});

test('a format changes texts only where it says so', () => {
  expect(numberFormat('0;0;0;"to "@', false).textOf('Ann')).toBe('to Ann');
  expect(numberFormat('_(* #,##0_);_(* "-"_);_(@_)', false).textOf(' Ann ')).toBe(' Ann ');
});

test('days of 1904 dates', () => {
  expect(numberFormat('yyyy-mm-dd', true).text(0)).toBe('1904-01-01');
  expect(numberFormat('[h]', true).text(1)).toBe('24');
});

test('damaged files are reported and do not throw while they are read', async () => {
  const bytes = golden('book');
  await expect(open(new TextEncoder().encode('hello, world'))).rejects.toThrow('not a zip archive');
  await expect(open(Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0]))).rejects.toThrow('.xls');
  await expect(open(bytes.subarray(0, 9000))).rejects.toThrow('this .xlsx file is damaged: it is incomplete');
  const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
  let rowCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const damaged = Uint8Array.from(bytes);
      for (const [offset, value] of changes) damaged[offset] = value;
      const workbook = await open(damaged).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Error);
        return undefined;
      });
      for (const sheet of workbook?.sheets.keys() ?? [])
        rowCount += (await previewSheet(workbook!, sheet, facts)).rows.length;
    }),
    { numRuns: 60 },
  );
  expect(rowCount).toBeGreaterThan(0);
});

test('reading a file that decompresses to a huge size stops at the limit', async () => {
  const compressed = deflateRawSync(new Uint8Array(64 << 20).fill(97));
  const bytes = new Uint8Array(30 + compressed.length);
  bytes.set([0x50, 0x4b, 3, 4]);
  bytes.set(compressed, 30);
  let characters = 0;
  const file = { name: 'bomb', offset: 0, compressedSize: compressed.length, size: 64 << 20, method: 8 };
  for await (const text of textOfFile(rangeReader(bytes), file, 100_000)) characters += text.length;
  expect(characters).toBeGreaterThanOrEqual(100_000);
  expect(characters).toBeLessThan(1_000_000);
});

test('the result of parsing does not depend on where the XML is cut', async () => {
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

test('entities and Office escapes are decoded; unknown entities are kept', async () => {
  const xml = '<sst><si><t>&lt;&#65;&#x42;&amp;lt; &nbsp; _x0041_</t></si></sst>';
  expect(await collect(parseXml(piecesOf(xml, 5), stringHandler))).toEqual(['<AB&lt; &nbsp; A']);
});

test('the runs of a string are joined, without phonetic hints', async () => {
  const xml = '<sst><si><r><t>a</t></r><rPh sb="0"><t>hint</t></rPh><r><t><![CDATA[<b>]]></t></r></si><si/></sst>';
  expect(await collect(parseXml(piecesOf(xml, 7), stringHandler))).toEqual(['a<b>', '']);
});

test('a cell without a reference follows the previous cell', async () => {
  const xml = '<sheetData><row/><row><c><v>1</v></c><c r="D1"/><c t="str"><v>x</v></c></row></sheetData>';
  expect(await collect(parseXml(piecesOf(xml, 3), rowHandler))).toEqual([
    [
      { column: 0, kind: 'n', style: 0, text: '1' },
      { column: 4, kind: 'str', style: 0, text: 'x' },
    ],
  ]);
});

test('malformed XML affects only the cells that contain it', async () => {
  const xml = '<sheetData><row><c r="A1"><v>1</v></c></row><row><c r=A2><v>2</v></x></c></row><row><c><v>3</v>';
  const rows = await collect(parseXml(piecesOf(xml, 4), rowHandler));
  expect(rows.map((row) => row.map(({ text }) => text))).toEqual([['1'], ['2']]);
});

test('a text that does not end is rejected', async () => {
  const endless = async function* (): AsyncGenerator<string> {
    yield '<t>';
    for (;;) yield 'a'.repeat(1 << 20);
  };
  await expect(collect(parseXml(endless(), stringHandler))).rejects.toThrow('too long');
});

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let offset = 0; offset < text.length; offset += size) yield text.slice(offset, offset + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
