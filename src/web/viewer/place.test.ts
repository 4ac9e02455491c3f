import { expect, test } from 'vitest';
import type { FeedEntry } from '../../shared/feed.ts';
import { codeOf, parseFragment, placeOf } from './place.ts';

const id = '0123456789abcdef0123456789abcdef';
const entry: FeedEntry = {
  n: 7,
  id,
  status: 'ok',
  name: '../a b?#.png',
  type: 'png',
  host: 'h',
  time: '',
  bytes: 1,
  revision: 1,
  cap: 'CAP',
};

test('a scroll of a server', () => {
  const place = placeOf('/s/2025-01-01-caf%C3%A9/', false);
  expect(place.scroll).toBe('2025-01-01-café');
  expect(place.list).toBe('/s/');
  expect(place.frame(entry)).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}.html`);
  expect(place.frame({ ...entry, revision: 3 })).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}.html?r=3`);
  expect(place.original(entry)).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}/source/a%20b__.png`);
  expect(place.warmFrame('W')).toBe('/c/W/s/2025-01-01-caf%C3%A9/frame');
  expect(place.permalink(7)).toBe('/s/2025-01-01-caf%C3%A9/#7');
  expect(place.alone(7)).toBe('/s/2025-01-01-caf%C3%A9/#7/alone');
});

test('entries with hosts of their own', () => {
  const place = placeOf('/s/x/', false, 'localhost:8989');
  const html = { ...entry, type: 'html' };
  expect(place.frame(html)).toBe(`http://e${id}.localhost:8989/c/CAP/s/x/${id}.html`);
  expect(place.original(html)).toBe(`/c/CAP/s/x/${id}/source/a%20b__.png`);
  expect(place.frame(entry)).toBe(`/c/CAP/s/x/${id}.html`);
  expect([html, entry].map(place.isApart)).toEqual([true, false]);
  expect(placeOf('/s/x/', false).isApart(html)).toBe(false);
});

test('all scrolls', () => {
  expect(placeOf('/s/', false).scroll).toBeUndefined();
});

test('a static copy knows only what is beside it', () => {
  const place = placeOf('/~me/pub/demo/index.html', true);
  expect([place.scroll, place.list]).toEqual(['demo', undefined]);
  expect(place.frame(entry)).toBe(`./${id}.html`);
  expect(place.original(entry)).toBe(`./${id}/source/a%20b__.png`);
  expect(place.permalink(7)).toBe('#7');
});

test.each([
  ['', {}],
  ['#', {}],
  ['#7', { n: 7, id: undefined, alone: false }],
  ['#7/alone', { n: 7, id: undefined, alone: true }],
  [`#${id}/alone`, { n: undefined, id, alone: true }],
  ['#7/else', {}],
  ['#-7', {}],
  ['#login=a%2Bb.c', { login: 'a+b.c' }],
  ['#login=', {}],
  ['#login=%', { login: '%' }],
])('the fragment %j', (hash, asked) => {
  expect(parseFragment(hash)).toEqual(asked);
});

test('a code is found in what people paste', () => {
  expect(codeOf(' http://localhost:8989/#login=abc.def \n')).toBe('abc.def');
  expect(codeOf('#login=abc')).toBe('abc');
  expect(codeOf('abc')).toBe('abc');
});
