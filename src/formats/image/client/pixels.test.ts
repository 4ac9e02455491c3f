import { expect, test } from 'vitest';
import { toPixels } from './pixels.ts';

const base = { width: 2, height: 1, channels: 1 };

test('bytes are what they are, grey or in colour, opaque or not', () => {
  expect([...toPixels({ ...base, data: [0, 200], full: 255 }).rgba]).toEqual([0, 0, 0, 255, 200, 200, 200, 255]);
  expect([...toPixels({ ...base, channels: 2, data: [9, 128, 8, 255], full: 255 }).rgba]).toEqual([
    9, 9, 9, 128, 8, 8, 8, 255,
  ]);
  expect([...toPixels({ ...base, width: 1, channels: 4, data: [1, 2, 3, 4], full: 255 }).rgba]).toEqual([1, 2, 3, 4]);
  expect([...toPixels({ ...base, width: 1, channels: 3, data: [0, 32768, 65535], full: 65535 }).rgba]).toEqual([
    0, 128, 255, 255,
  ]);
});

test('measurements are spread from the least to the greatest, and what is no number does not count', () => {
  const { rgba, range } = toPixels({ ...base, width: 4, data: [-5, Number.NaN, 0, 5], full: undefined });
  expect(range).toEqual([-5, 5]);
  expect([rgba[0], rgba[4], rgba[8], rgba[12]]).toEqual([0, 0, 128, 255]);
  expect(toPixels({ ...base, data: [7, 7], full: undefined }).range).toEqual([7, 7]);
  expect(toPixels({ ...base, data: [Number.NaN, Number.NaN], full: undefined }).range).toEqual([0, 0]);
});

test('colours by number', () => {
  const palette = [
    [0, 0, 0],
    [65535, 257, 0],
  ] as const;
  expect([...toPixels({ ...base, data: [1, 9], full: 255, palette }).rgba]).toEqual([255, 1, 0, 255, 0, 0, 0, 255]);
});
