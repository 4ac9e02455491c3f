import { expect, test } from 'vitest';
import type { FeedEntry } from '../../../shared/feed.ts';
import { createFrameHeights, frameHeight } from './frame-heights.ts';

const entry = (n: number, type: string) => ({ n, type }) as FeedEntry;

test('a frame is between 24 pixels and three quarters of the window high', () => {
  expect([frameHeight(0, 800), frameHeight(100, 800), frameHeight(1e9, 800)]).toEqual([24, 100, 600]);
});

test('an entry is expected to be as high as it was, else as the last one of its type', () => {
  const heights = createFrameHeights();
  expect(heights.expected(entry(1, 'png'), 800)).toBe(120);
  heights.remember(entry(1, 'png'), 400);
  heights.remember(entry(2, 'png'), 500);
  expect([1, 2, 3].map((n) => heights.expected(entry(n, 'png'), 800))).toEqual([400, 500, 500]);
  expect(heights.expected(entry(4, 'txt'), 800)).toBe(120);
  heights.clear();
  expect(heights.expected(entry(1, 'png'), 800)).toBe(500);
});

test('a visible page that reports no height gets a default', () => {
  const heights = createFrameHeights();
  expect(heights.reported(1, 800)).toBe(320);
  heights.remember(entry(1, 'png'), 90);
  expect(heights.reported(1, 800)).toBe(90);
});
