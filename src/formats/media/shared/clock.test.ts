import { expect, test } from 'vitest';
import { clock } from './clock.ts';

test('formats minutes and hours', () => {
  expect([0, 6.6, 754, 3723.2, 360_000].map(clock)).toEqual(['0:00', '0:07', '12:34', '1:02:03', '100:00:00']);
});
