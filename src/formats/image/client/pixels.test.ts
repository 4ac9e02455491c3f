import { expect, test } from 'vitest';
import { toPixels } from './pixels.ts';

const base = { width: 2, height: 1, channels: 1 };

test('converts grey and colour samples, with and without alpha', () => {
  expect([...toPixels({ ...base, data: [0, 200], white: 255 }).rgba]).toEqual([0, 0, 0, 255, 200, 200, 200, 255]);
  expect([...toPixels({ ...base, channels: 2, data: [9, 128, 8, 255], white: 255 }).rgba]).toEqual([
    9, 9, 9, 128, 8, 8, 8, 255,
  ]);
  expect([...toPixels({ ...base, width: 1, channels: 4, data: [1, 2, 3, 4], white: 255 }).rgba]).toEqual([1, 2, 3, 4]);
  expect([...toPixels({ ...base, width: 1, channels: 3, data: [0, 32768, 65535], white: 65535 }).rgba]).toEqual([
    0, 128, 255, 255,
  ]);
});

test('measurements are scaled from minimum to maximum; NaN is ignored', () => {
  const { rgba, range } = toPixels({ ...base, width: 4, data: [-5, Number.NaN, 0, 5], white: undefined });
  expect(range).toEqual([-5, 5]);
  expect([rgba[0], rgba[4], rgba[8], rgba[12]]).toEqual([0, 0, 128, 255]);
  expect(toPixels({ ...base, data: [7, 7], white: undefined }).range).toEqual([7, 7]);
  expect(toPixels({ ...base, data: [Number.NaN, Number.NaN], white: undefined }).range).toEqual([0, 0]);
});

test('palette colours', () => {
  const palette = [
    [0, 0, 0],
    [65535, 257, 0],
  ] as const;
  expect([...toPixels({ ...base, data: [1, 9], white: 255, palette }).rgba]).toEqual([255, 1, 0, 255, 0, 0, 0, 255]);
});
