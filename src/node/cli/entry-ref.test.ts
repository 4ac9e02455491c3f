import { expect, test } from 'vitest';
import { parseEntryRef } from './entry-ref.ts';

const id = '0123456789abcdef0123456789abcdef';

test.each([
  ['7', { entries: { first: 7, last: 7 } }],
  ['#7', { entries: { first: 7, last: 7 } }],
  ['9-12', { entries: { first: 9, last: 12 } }],
  [id, { entries: { id } }],
  ['2026-12-01#7', { scroll: '2026-12-01', entries: { first: 7, last: 7 } }],
  ['a+b#9-12', { scroll: 'a+b', entries: { first: 9, last: 12 } }],
  [`é#${id}`, { scroll: 'é', entries: { id } }],
  ['http://localhost:9700/#7', { port: 9700, entries: { first: 7, last: 7 } }],
  [`http://localhost:8989/#${id}`, { port: 8989, entries: { id } }],
  ['http://127.0.0.1:8989/s/a%20b#7', undefined],
  ['http://[::1]:8989/s/plots/#7/alone', { scroll: 'plots', port: 8989, entries: { first: 7, last: 7 } }],
  ['http://localhost/s/%C3%A9/#7', { scroll: 'é', port: 80, entries: { first: 7, last: 7 } }],
  [`http://e${id}.localhost:8989/c/${id}00/s/plots/${id}.html?r=2`, { scroll: 'plots', port: 8989, entries: { id } }],
  [`http://localhost:8989/c/x/s/plots/${id}/source/a.txt`, { scroll: 'plots', port: 8989, entries: { id } }],
])('%s is parsed', (text, ref) => {
  if (ref) expect(parseEntryRef(text)).toEqual(ref);
  else expect(() => parseEntryRef(text)).toThrow('does not name an entry');
});

test.each([
  '',
  '#',
  'seven',
  '0',
  '-3',
  '12-9',
  '7-',
  '1.5',
  '.hidden#7',
  'a/b#7',
  'a#b#7',
  id.toUpperCase(),
  id.slice(1),
  '1'.repeat(16),
  'http://localhost:8989/',
  'http://localhost:8989/s/plots/',
  'http://localhost:8989/other/#7',
  'http://localhost:8989/s/..%2F/#7',
  'http://localhost:8989/c/x/#7',
  'http://',
])('"%s" is refused', (text) => {
  expect(() => parseEntryRef(text)).toThrow('does not name an entry');
});

test('an address on another machine is refused by name', () => {
  expect(() => parseEntryRef('https://example.org/s/plots/#7')).toThrow('is not on this machine');
});
