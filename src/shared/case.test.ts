import { expect, test } from 'vitest';
import { anyCase, casesOf } from './case.ts';

test.each([
  ['straße', 'Eine STRAẞE', 5],
  ['ΟΔΟΣ', 'η οδος', 2],
  ['οδοσ', 'ΟΔΟΣΑ', 0],
  ['привет', 'ПРИВЕТ', 0],
  ['ſ', 'S', 0],
  ['a.b*', 'axb A.B*', 4],
  ['𐐨', '𐐀', 0],
  ['ä', 'a', -1],
  ['ı', 'I', -1],
])('the position of %s in %s is %d', (part, text, position) => {
  expect(text.search(anyCase(part))).toBe(position);
});

test.each([
  ['ö', ['Ö', 'ö']],
  ['Σ', ['Σ', 'ς', 'σ']],
  ['ß', ['ß', 'ẞ']],
  ['\u212a', ['K', 'k', '\u212a']],
  ['ſ', ['S', 's', 'ſ']],
  ['ǅ', ['Ǆ', 'ǅ', 'ǆ']],
  ['𐐨', ['𐐀', '𐐨']],
  ['İ', ['İ']],
  ['猫', ['猫']],
  ['.', ['.']],
  ['\ud801', ['\ud801']],
])('the case variants of %s', (char, all) => {
  expect(casesOf(char)).toEqual(all);
});
