import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTiff, tiffPages } from './tiff.ts';

const short = (value: number): number[] => [value & 255, value >> 8];
const long = (value: number): number[] => [...short(value & 0xffff), ...short(value >>> 16)];
const entry = (tag: number, value: number): number[] => [...short(tag), ...short(3), ...long(1), ...long(value)];
const directory = (width: number, height: number, next: number): number[] => [
  ...short(3),
  ...entry(256, width),
  ...entry(257, height),
  ...entry(258, 16),
  ...long(next),
];
const LENGTH = directory(1, 1, 0).length;
const file = (...bytes: number[][]): Uint8Array => new Uint8Array([0x49, 0x49, 42, 0, ...long(8), ...bytes.flat()]);
const pagesOf = (bytes: Uint8Array) => tiffPages((position, length) => bytes.subarray(position, position + length));

test('reads several pages', () => {
  const bytes = file(directory(640, 480, 8 + LENGTH), directory(10, 20, 0));
  expect(pagesOf(bytes)).toEqual([
    { width: 640, height: 480, bits: 16, samples: 1 },
    { width: 10, height: 20, bits: 16, samples: 1 },
  ]);
  expect(isTiff(bytes)).toBe(true);
});

test('stops at a cycle of directories', () => {
  expect(pagesOf(file(directory(1, 1, 8)))).toHaveLength(1);
});

test('no input throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      pagesOf(file([...rest]));
    }),
  );
  expect(pagesOf(new Uint8Array())).toEqual([]);
  expect(isTiff(new TextEncoder().encode('II is two'))).toBe(false);
});
