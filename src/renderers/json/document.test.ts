import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonDocument, openDocument, type Row } from './document.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What the rows say, as a value again. */
function read(document: JsonDocument, row: Row): unknown {
  const children = document.children(row, 0, 1e6);
  if (row.kind === 'array') return children.map((child) => read(document, child));
  if (row.kind === 'object') return Object.fromEntries(children.map((child) => [child.key, read(document, child)]));
  return JSON.parse(document.text(row, 1e6));
}

test('the rows are the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2), (value, indent) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const document = openDocument(utf8(` ${JSON.stringify(value, null, indent)}\n`), false);
      expect(read(document, document.root)).toEqual(plain);
    }),
  );
});

test('counts, and pages of children', () => {
  const document = openDocument(utf8(JSON.stringify(Array.from({ length: 1234 }, (_, i) => ({ i })))), false);
  expect(document.root).toMatchObject({ kind: 'array', count: 1234 });
  expect(document.children(document.root, 1200, 100).map((row) => row.key)).toEqual(
    Array.from({ length: 34 }, (_, i) => String(1200 + i)),
  );
  expect(document.children(document.root, 300, 1)[0]?.text).toBe('{"i":300}');
  expect(openDocument(utf8('{ }'), false).root.count).toBe(0);
});

test('numbers as they are written, keys as they are read', () => {
  const document = openDocument(utf8('{"gr\\u00fc\\u00df":12345678901234567890,"a":1.50}'), false);
  expect(document.children(document.root, 0, 9).map((row) => [row.key, row.text])).toEqual([
    ['grüß', '12345678901234567890'],
    ['a', '1.50'],
  ]);
});

test('a text cut in the middle shows what is there', () => {
  const document = openDocument(utf8('{"a":[1,{"b":"hel'), false);
  expect(document.root.cut).toBe(true);
  const [a] = document.children(document.root, 0, 9);
  expect(a).toMatchObject({ key: 'a', kind: 'array', cut: true });
});

test('lines, one of them broken', () => {
  const document = openDocument(utf8('{"a":1}\n\nnot json\n[2]'), true);
  expect(document.root.count).toBe(3);
  expect(document.children(document.root, 0, 9).map((row) => [row.key, row.kind, row.text])).toEqual([
    ['0', 'object', '{"a":1}'],
    ['1', 'bad', 'not json'],
    ['2', 'array', '[2]'],
  ]);
});

test('any bytes give rows, and no endless loop', () => {
  const letters = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '\n', '1', 'a', 'ü'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters, fc.boolean(), (text, lines) => {
      const document = openDocument(utf8(text), lines);
      const open = (row: Row, depth: number) => {
        for (const child of document.children(row, 0, 100)) if (depth < 70) open(child, depth + 1);
      };
      open(document.root, 0);
    }),
    { numRuns: 1000 },
  );
});
