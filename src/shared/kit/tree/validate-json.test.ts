import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sniffJson } from '../../../formats/json/sniff.ts';
import { openJson } from './open-json.ts';
import { validate } from './validate-json.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('agrees with JSON.parse on valid and slightly invalid JSON', () => {
  const nearly = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom(
        '',
        ',',
        '"',
        '}',
        ']',
        '{',
        '[',
        ':',
        '0',
        '-',
        'e',
        '.',
        'tru',
        '\\',
        '\\u12',
        ' ',
        '\n',
        '\x01',
      ),
    )
    .map(([json, at, extra]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + extra + json.slice(extra === '' ? place + 1 : place);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), nearly), (text) => {
      let good = true;
      try {
        JSON.parse(text);
      } catch {
        good = false;
      }
      expect(validate(utf8(text)).fault === undefined).toBe(good);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['{"a": 1,}', 8, 'a comma before }'],
  ['[1, 2,]', 6, 'expected a value before ]'],
  ['{a: 1}', 1, 'expected a key in double quotes'],
  ["['x']", 1, 'strings take double quotes'],
  ['[NaN]', 1, 'NaN is not a value'],
  ['[1 2]', 3, 'expected a comma or ]'],
  ['{"a" 1}', 5, 'expected a colon after the key'],
  ['[1, 2', 5, 'it ends before it is complete'],
  ['["a\nb"]', 3, 'a string goes over the end of its line'],
  ['["\\x"]', 3, '\\x is not an escape'],
  ['[01]', 1, 'a number with a zero before it'],
  ['// no\n1', 0, 'JSON has no comments'],
  ['', 0, 'there is no value'],
])('%j: offset and reason', (text, offset, reason) => {
  expect(validate(utf8(text)).fault).toMatchObject({ offset, reason });
});

test('reports line and column', () => {
  expect(openJson(utf8('{\n  "ü": 1,\n  "b": x\n}'), false).problem).toMatchObject({ line: 3, column: 8 });
});

test('accepts any depth', () => {
  expect(validate(utf8('['.repeat(100_000) + ']'.repeat(100_000)))).toEqual({ depth: 100_000 });
});

test('recognises JSON by its first bytes', () => {
  expect(sniffJson(utf8(' {"a": [1]}\n'))).toBe('json');
  expect(sniffJson(utf8('{"a":1}\n{"a":2}\n{"a"'))).toBe('ndjson');
  expect(sniffJson(utf8(`[${'{"a":1},'.repeat(600)}`).subarray(0, 4096))).toBe('json');
  expect(sniffJson(utf8('[INFO] started\n'))).toBeUndefined();
  expect(sniffJson(utf8('[1] 0.5 0.7\n'))).toBeUndefined();
  expect(sniffJson(utf8('{ echo hi; }\n'))).toBeUndefined();
  expect(sniffJson(utf8('hello'))).toBeUndefined();
});
