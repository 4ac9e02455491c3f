import { expect, test } from 'vitest';
import type { Request } from '../shared/facts.ts';
import {
  durationOf,
  durationText,
  filteredSummary,
  filterRequests,
  isFailed,
  phasesOf,
  shortName,
  sizeText,
  statusText,
  typeText,
} from './request-text.ts';

const request: Request = {
  method: 'GET',
  url: 'https://example.org/a/style.css?v=2',
  status: 200,
  mime: 'text/css',
  size: 500,
  start: 10,
  phases: [0, 2, 0, 0, 0, 5, 3],
};
const failed: Request = { ...request, status: 0, error: 'net::ERR_FAILED', size: -1, mime: 'font/woff2' };
const missing: Request = { ...request, method: 'POST', url: 'https://example.org/', status: 404 };

test('a filter searches method, URL, status and type, in any case', () => {
  const indexes = (text: string) => filterRequests([request, failed, missing], text).map(({ index }) => index);
  expect(indexes('')).toEqual([0, 1, 2]);
  expect(indexes('STYLE')).toEqual([0, 1]);
  expect(indexes('post')).toEqual([2]);
  expect(indexes('404')).toEqual([2]);
  expect(indexes('woff')).toEqual([1]);
});

test('the summary counts the filtered requests and their known sizes', () => {
  const matches = filterRequests([request, failed, missing], '');
  expect(filteredSummary(matches, '9 requests · 5 KB', 10)).toBe('3 of 9 requests · 1.0 KB');
  expect(filteredSummary(matches, '9 requests · 5 KB', 2)).toBe('3 of 9 requests, the first 2 shown · 1.0 KB');
});

test('the cells of a request are short', () => {
  expect([statusText(request), typeText(request), sizeText(request)]).toEqual(['200', 'css', '500 B']);
  expect([statusText(failed), typeText(failed), sizeText(failed)]).toEqual(['failed', 'font/woff2', '–']);
  expect(statusText({ ...request, status: 0 })).toBe('–');
  expect([request, failed, missing].map(isFailed)).toEqual([false, true, true]);
});

test('the short name of a URL is the last part of its path and the query', () => {
  expect(shortName(request.url)).toEqual({ name: 'style.css?v=2', host: 'example.org' });
  expect(shortName('https://example.org/a/')).toEqual({ name: 'a', host: 'example.org' });
  expect(shortName(missing.url)).toEqual({ name: '/', host: 'example.org' });
  expect(shortName('no URL')).toEqual({ name: 'no URL', host: '' });
});

test('phases without duration are left out; others begin where the previous one ends', () => {
  expect(phasesOf(request)).toEqual([
    { index: 1, name: 'DNS', start: 10, duration: 2 },
    { index: 5, name: 'wait for an answer', start: 12, duration: 5 },
    { index: 6, name: 'receive', start: 17, duration: 3 },
  ]);
  expect(durationOf(request)).toBe(10);
});

test('durations have about three digits', () => {
  expect([0, 9.94, 9.96, 999, 1000, 9994, 9995].map(durationText)).toEqual([
    '0.0 ms',
    '9.9 ms',
    '10 ms',
    '999 ms',
    '1.00 s',
    '9.99 s',
    '10.0 s',
  ]);
});
