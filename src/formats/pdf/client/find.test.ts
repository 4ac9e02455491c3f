import { expect, test } from 'vitest';
import { findIn } from './find.ts';

test('finds text within one item, across items, and several times', () => {
  expect(findIn(['The ca', 't', '', ' sat. A CAT'], 'cat')).toEqual([[0, 1], [3]]);
  expect(findIn(['a\u00a0b', 'c'], 'A BC')).toEqual([[0, 1]]);
  expect(findIn(['aaaa'], 'aa')).toEqual([[0], [0]]);
  expect(findIn(['η οδ', 'ος'], 'ΟΔΟΣ')).toEqual([[0, 1]]);
});

test('finds nothing for empty text; letters that get longer in lower case do not shift positions', () => {
  expect(findIn(['a'], '  ')).toEqual([]);
  expect(findIn([], 'a')).toEqual([]);
  expect(findIn(['İİİ', 'x'], 'x')).toEqual([[1]]);
});
