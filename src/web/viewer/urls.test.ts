import { expect, test } from 'vitest';
import type { FeedEntry } from '../../shared/feed.ts';
import { urlsFor } from './urls.ts';

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

test('URLs of a scroll on a server', () => {
  const urls = urlsFor('/s/2025-01-01-caf%C3%A9/', false);
  expect(urls.scroll).toBe('2025-01-01-café');
  expect(urls.list).toBe('/s/');
  expect(urls.frame(entry)).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}.html`);
  expect(urls.frame({ ...entry, revision: 3 })).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}.html?r=3`);
  expect(urls.original(entry)).toBe(`/c/CAP/s/2025-01-01-caf%C3%A9/${id}/source/a%20b__.png`);
  expect(urls.warmFrame('W')).toBe('/c/W/s/2025-01-01-caf%C3%A9/frame');
  expect(urls.permalink(7)).toBe('/s/2025-01-01-caf%C3%A9/#7');
  expect(urls.alone(7)).toBe('/s/2025-01-01-caf%C3%A9/#7/alone');
});

test('isolated entries have hosts of their own', () => {
  const urls = urlsFor('/s/x/', false, 'localhost:8989');
  const html = { ...entry, type: 'html' };
  expect(urls.frame(html)).toBe(`http://e${id}.localhost:8989/c/CAP/s/x/${id}.html`);
  expect(urls.original(html)).toBe(`/c/CAP/s/x/${id}/source/a%20b__.png`);
  expect(urls.frame(entry)).toBe(`/c/CAP/s/x/${id}.html`);
  expect([html, entry].map(urls.isIsolated)).toEqual([true, false]);
  expect(urlsFor('/s/x/', false).isIsolated(html)).toBe(false);
});

test('the list of scrolls belongs to no scroll', () => {
  expect(urlsFor('/s/', false).scroll).toBeUndefined();
});

test('a static copy has relative URLs', () => {
  const urls = urlsFor('/~me/pub/demo/index.html', true);
  expect([urls.scroll, urls.list]).toEqual(['demo', undefined]);
  expect(urls.frame(entry)).toBe(`./${id}.html`);
  expect(urls.original(entry)).toBe(`./${id}/source/a%20b__.png`);
  expect(urls.permalink(7)).toBe('#7');
});
