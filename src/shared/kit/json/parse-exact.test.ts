import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExact, WrittenNumber } from './parse-exact.ts';

test('what JSON.parse reads without loss is read as by JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExact(text)).toEqual(JSON.parse(text));
      // A number with many digits selects the exact parser.
      expect(parseExact(`[12345678901234567890,${text}]`)).toEqual([12345678901234567890n, JSON.parse(text)]);
    }),
  );
});

test.each([
  ['9007199254740993', 9007199254740993n],
  ['-2916334247900527533', -2916334247900527533n],
  ['12345678901234567890123', 12345678901234567890123n],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.1000000000000000055', new WrittenNumber('0.1000000000000000055')],
  ['123456789012.3456789012', new WrittenNumber('123456789012.3456789012')],
  ['1e400', new WrittenNumber('1e400')],
  ['-1E-400', new WrittenNumber('-1E-400')],
  ['1.50', 1.5],
  ['2e3', 2000],
  ['0e999', 0],
  ['NaN', Number.NaN],
  ['-Infinity', -Infinity],
])('the number %s', (text, value) => {
  expect(parseExact(text)).toEqual(value);
  expect(parseExact(`{"a":[${text}, null ]}`)).toEqual({ a: [value, null] });
});

test.each([
  '',
  '[1,]',
  '{"a":NaN,}',
  '{"a" NaN}',
  '{1:NaN}',
  '[NaN NaN]',
  '[NaN',
  'NaN x',
  '01',
  '[-NaN]',
  '"\n"',
  '1.e400',
  '[.5, NaN]',
  '+1',
])('%j is no JSON', (text) => expect(() => parseExact(text)).toThrow(SyntaxError));

test('nesting is limited', () => {
  expect(() => parseExact(`${'['.repeat(100_000)}NaN`)).toThrow('nested too deeply');
});
