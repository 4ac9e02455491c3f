import { expect, test } from 'vitest';
import { findIn } from './find.ts';

test('words within a piece, over several, and more than one', () => {
  expect(findIn(['The ca', 't', '', ' sat. A CAT'], 'cat')).toEqual([[0, 1], [3]]);
  expect(findIn(['a\u00a0b', 'c'], 'A BC')).toEqual([[0, 1]]);
  expect(findIn(['aaaa'], 'aa')).toEqual([[0], [0]]);
  expect(findIn(['η οδ', 'ος'], 'ΟΔΟΣ')).toEqual([[0, 1]]);
});

test('nothing is found of nothing, and letters that grow in lower case move nothing', () => {
  expect(findIn(['a'], '  ')).toEqual([]);
  expect(findIn([], 'a')).toEqual([]);
  expect(findIn(['İİİ', 'x'], 'x')).toEqual([[1]]);
});
