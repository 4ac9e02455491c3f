import { expect, test } from 'vitest';
import { bounded, closer, colour, fitting, step } from './zoom.ts';

test('steps go up and down, from between two as well, and end', () => {
  expect([step(1, 1), step(1, -1), step(0.9, 1), step(0.9, -1), step(64, 1), step(1 / 32, -1)]).toEqual([
    1.5,
    2 / 3,
    1,
    2 / 3,
    64,
    1 / 32,
  ]);
});

test('a picture fits without being enlarged', () => {
  expect(fitting(2000, 1000, { width: 1000, height: undefined })).toBe(0.5);
  expect(fitting(1000, 2000, { width: 1000, height: 500 })).toBe(0.25);
  expect(fitting(10, 10, { width: 1000, height: 500 })).toBe(1);
});

test('what is small grows by whole pixels, what is large shows its own', () => {
  expect(closer(0.5, 2000, 1000, { width: 1000, height: 500 })).toBe(1);
  expect(closer(1, 16, 16, { width: 1000, height: 420 })).toBe(26);
  expect(closer(1, 900, 400, { width: 1000, height: 420 })).toBe(2);
});

test('no scale is out of bounds', () => {
  expect(bounded(1e9, 1, 100, 100)).toBe(64);
  expect(bounded(1e9, 0.01, 1_000_000, 10)).toBe(1);
  expect(bounded(0, 0.001, 1_000_000, 10)).toBe(0.001);
  expect(bounded(0, 1, 100, 100)).toBe(1 / 32);
});

test('colours', () => {
  expect(colour(31, 119, 180, 255)).toBe('#1f77b4 (31, 119, 180)');
  expect(colour(0, 0, 0, 128)).toBe('#00000080 (0, 0, 0, 50 %)');
});
