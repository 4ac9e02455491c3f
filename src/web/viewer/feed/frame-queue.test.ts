import { expect, test } from 'vitest';
import type { FeedEntry } from '../../../shared/feed.ts';
import { chooseFrames } from './frame-queue.ts';

const entry = (n: number, status: FeedEntry['status'] = 'ok') => ({ n, status }) as FeedEntry;
const numbers = (entries: readonly FeedEntry[]) => entries.map(({ n }) => n);

test('two frames load at a time, the most important first', () => {
  const entries = [entry(5), entry(4), entry(3)];
  expect(numbers(chooseFrames(entries, () => false, 0).show)).toEqual([5, 4]);
  expect(numbers(chooseFrames(entries, () => false, 1).show)).toEqual([5]);
  expect(numbers(chooseFrames(entries, () => false, 3).show)).toEqual([]);
});

test('entries with a frame and accepted entries do not wait', () => {
  const entries = [entry(5), entry(4, 'accepted'), entry(3)];
  expect(numbers(chooseFrames(entries, (n) => n === 3, 2).show)).toEqual([4, 3]);
});

test('all entries near the window keep their frames, up to 24', () => {
  const entries = Array.from({ length: 30 }, (_, index) => entry(index));
  expect(chooseFrames(entries, () => false, 0).keep.size).toBe(24);
});
