import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCase } from '../../case.ts';
import { byteFinder } from './byte-finder.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const at = (text: string, whole: string): number => byteFinder(text).indexIn(utf8(whole), 0, utf8(whole).length);

test.each([
  ['ö', 'xÖ', 1],
  ['STRASSE', 'straße', -1],
  ['STRAẞE', 'eine straße', 5],
  ['straße', 'eine STRAẞE', 5],
  ['ΟΔΟΣ', 'η οδος', 3],
  ['\u212aelvin', 'kELVIN', 0],
  ['ſ', 's', 0],
  ['ſſx', 'SſX', 0],
  // ASCII text matches ASCII only.
  ['k', '\u212a', -1],
  ['ö', 'Ô', -1],
  ['ÿ', '\u0178', 0],
  ['', 'x', -1],
])('%s in %s', (text, whole, place) => {
  expect(at(text, whole)).toBe(place);
});

test('agrees with a case-insensitive regular expression', () => {
  const letter = fc.constantFrom(...'aAbéÉßẞσςΣжЖ\u212aſ𐐀𐐨猫.');
  const text = (most: number) => fc.array(letter, { minLength: 1, maxLength: most }).map((all) => all.join(''));
  fc.assert(
    fc.property(text(4), text(30), fc.nat(5), fc.nat(5), (wanted, whole, before, after) => {
      const found = anyCase(wanted).exec(whole)?.index ?? -1;
      const bytes = utf8(`${'é'.repeat(before)}${whole}${wanted.slice(0, after)}`);
      const end = 2 * before + utf8(whole).length;
      expect(byteFinder(wanted).indexIn(bytes, 2 * before, end)).toBe(
        found < 0 ? -1 : 2 * before + utf8(whole.slice(0, found)).length,
      );
    }),
    { numRuns: 1000 },
  );
});

test('finds a text longer than the search window', () => {
  const long = 'aß'.repeat(300);
  expect(at(long, `x${long.toUpperCase().replaceAll('SS', 'ẞ')}`)).toBe(1);
  expect(at(long, long.slice(0, -1))).toBe(-1);
});

test('finds text in other charsets', () => {
  const wide = Buffer.from('xÖĀ', 'utf16le');
  expect(byteFinder('öā', 'utf-16le').indexIn(wide, 0, wide.length)).toBe(2);
  expect(byteFinder('öā', 'utf-16be').indexIn(Buffer.from(wide).swap16(), 0, wide.length)).toBe(2);
  const narrow = Uint8Array.of(0x41, 0xd6, 0x80, 0x8a);
  expect(byteFinder('ö€š', 'windows-1252').indexIn(narrow, 0, 4)).toBe(1);
  expect(byteFinder('猫', 'windows-1252').maxBytes).toBe(0);
});
