import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDocument, type TreeRow } from './json-document.ts';
import { read } from './testing.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('rows represent the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2), (value, indent) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const document = openDocument(utf8(` ${JSON.stringify(value, null, indent)}\n`), false);
      expect(read(document)).toEqual(plain);
    }),
  );
});

test('counts children and returns pages of them', () => {
  const document = openDocument(utf8(JSON.stringify(Array.from({ length: 1234 }, (_, i) => ({ i })))), false);
  expect(document.root).toMatchObject({ kind: 'array', count: 1234 });
  expect(document.children(document.root, 1200, 100).map((row) => row.key)).toEqual(
    Array.from({ length: 34 }, (_, i) => String(1200 + i)),
  );
  expect(document.children(document.root, 300, 1)[0]?.text).toBe('{"i":300}');
  expect(openDocument(utf8('{ }'), false).root.count).toBe(0);
});

test('shows numbers as written and keys unescaped', () => {
  const document = openDocument(utf8('{"gr\\u00fc\\u00df":12345678901234567890,"a":1.50}'), false);
  expect(document.children(document.root, 0, 9).map((row) => [row.key, row.text])).toEqual([
    ['grüß', '12345678901234567890'],
    ['a', '1.50'],
  ]);
});

test('an incomplete text shows the values before its end', () => {
  const document = openDocument(utf8('{"a":[1,{"b":"hel'), false);
  expect(document.root.isIncomplete).toBe(true);
  const [a] = document.children(document.root, 0, 9);
  expect(a).toMatchObject({ key: 'a', kind: 'array', isIncomplete: true });
});

test('a malformed line is a row of kind bad', () => {
  const document = openDocument(utf8('{"a":1}\n\nnot json\n[2]'), true);
  expect(document.root.count).toBe(3);
  expect(document.children(document.root, 0, 9).map((row) => [row.key, row.kind, row.text])).toEqual([
    ['0', 'object', '{"a":1}'],
    ['1', 'bad', 'not json'],
    ['2', 'array', '[2]'],
  ]);
});

test('any bytes give rows without an endless loop', () => {
  const letters = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '\n', '1', 'a', 'ü'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters, fc.boolean(), (text, lines) => {
      const document = openDocument(utf8(text), lines);
      const open = (row: TreeRow, depth: number) => {
        for (const child of document.children(row, 0, 100)) if (depth < 70) open(child, depth + 1);
      };
      open(document.root, 0);
    }),
    { numRuns: 1000 },
  );
});

test('finds text in keys and values, and the path to it', () => {
  const document = openDocument(utf8('{"a":[1,{"Name":"x\\"y"}],"name":[[],"NAME"]}'), false);
  const ways = document.find('name', 10).map((offset) => document.pathTo(offset));
  expect(ways).toEqual([[0, 1, 0], [1], [1, 1]]);
  expect(document.find('name', 2)).toHaveLength(2);
  expect(document.find('x"y', 10).map((offset) => document.pathTo(offset))).toEqual([[0, 1, 0]]);
  expect(document.find('', 10)).toEqual([]);
  expect(openDocument(utf8('["Größe"]'), false).find('GRÖẞE', 10)).toHaveLength(1);
  const lines = openDocument(utf8('{"a":1}\n{"a":[2]}\nbad\n'), true);
  expect(lines.find('2', 10).map((offset) => lines.pathTo(offset))).toEqual([[1, 0, 0]]);
});

test('pathTo ends for any offset and any bytes', () => {
  const letters = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', ' ', '\n', '1', 'a'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters, fc.boolean(), fc.nat(60), (text, lines, offset) => {
      openDocument(utf8(text), lines).pathTo(offset);
    }),
  );
});
