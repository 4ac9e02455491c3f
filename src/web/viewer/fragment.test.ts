import { expect, test } from 'vitest';
import { parseFragment, parseLoginCode } from './fragment.ts';

const id = '0123456789abcdef0123456789abcdef';

test.each([
  ['', {}],
  ['#', {}],
  ['#7', { n: 7, id: undefined, alone: false }],
  ['#7/alone', { n: 7, id: undefined, alone: true }],
  [`#${id}/alone`, { n: undefined, id, alone: true }],
  ['#7/else', {}],
  ['#-7', {}],
  ['#login=a%2Bb.c', { login: 'a+b.c' }],
  ['#7&login=abc', { n: 7, alone: false, login: 'abc' }],
  ['#7&login=', {}],
  ['#login=', {}],
  ['#login=%', { login: '%' }],
])('parses the fragment %j', (hash, expected) => {
  expect(parseFragment(hash)).toEqual(expected);
});

test('a login code is found in pasted text', () => {
  expect(parseLoginCode(' http://localhost:8989/#login=abc.def \n')).toBe('abc.def');
  expect(parseLoginCode('#login=abc')).toBe('abc');
  expect(parseLoginCode('http://localhost:8989/s/plots/#7&login=abc')).toBe('abc');
  expect(parseLoginCode('abc')).toBe('abc');
});
