import { expect, test } from 'vitest';
import { countAbove } from './unread.ts';

test('counts the numbers above a limit', () => {
  expect([0, 3, 4, 9, 10].map((limit) => countAbove([3, 4, 9], limit))).toEqual([3, 2, 1, 0, 0]);
  expect(countAbove([], 5)).toBe(0);
});
