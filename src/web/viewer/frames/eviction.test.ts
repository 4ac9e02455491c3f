import { expect, test } from 'vitest';
import { leastRecent } from './eviction.ts';

test('the least recently used frames beyond the limit are evicted', () => {
  expect(leastRecent([5, 1, 2, 3], new Set(), 2)).toEqual([5, 1]);
  expect(leastRecent([5, 1], new Set(), 2)).toEqual([]);
});

test('frames near the window stay, even beyond the limit', () => {
  expect(leastRecent([5, 1, 2, 3], new Set([5, 2]), 2)).toEqual([1, 3]);
  expect(leastRecent([1, 2, 3], new Set([1, 2, 3]), 1)).toEqual([]);
});
