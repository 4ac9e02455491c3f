import { expect, test } from 'vitest';
import { atLeast, firstOf, plural, shownOf } from './numbers.ts';

test('formats counts', () => {
  expect([plural(1, 'row'), plural(12345, 'row'), plural(2, 'entry'), plural(2, 'key'), plural(1, 'entry')]).toEqual([
    '1 row',
    '12,345 rows',
    '2 entries',
    '2 keys',
    '1 entry',
  ]);
  expect(atLeast(1, 'row')).toBe('at least 1 row');
  expect(shownOf(3, 3, 'page')).toBe('3 pages');
  expect(shownOf(200, 1000, 'page')).toBe('1,000 pages, the first 200 shown');
  expect(firstOf(200, 1000, 'column')).toBe('The first 200 of 1,000 columns are shown.');
});
