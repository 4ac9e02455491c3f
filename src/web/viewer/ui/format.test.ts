import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatCount, formatDuration, formatTime } from './format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [9949, '9.9 KB'],
  [9960, '10 KB'],
  [999_499, '999 KB'],
  [999_500, '1.0 MB'],
  [5_000_000_000, '5.0 GB'],
  [7e18, '7000 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.2, '1 ms'],
  [12.4, '12 ms'],
  [999.6, '1.0 s'],
  [1440, '1.4 s'],
  [125_000, '2 min'],
])('%d ms of rendering are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('an age is relative within a day, and a time is absolute', () => {
  const now = Date.parse('2025-03-01T12:00:00Z');
  const ago = (seconds: number) => formatAge(new Date(now - seconds * 1000).toISOString(), now);
  expect([ago(-5), ago(3), ago(47), ago(60), ago(3599), ago(7300)]).toEqual([
    'now',
    'now',
    '40 s ago',
    '1 min ago',
    '59 min ago',
    '2 h ago',
  ]);
  expect(ago(86_400 * 3)).toMatch(/^2025-02-2[56]$/);
  expect(formatTime(new Date(2025, 0, 31, 14, 5, 9).toISOString())).toBe('2025-01-31 14:05:09');
});

test('text that is not a time stays unchanged', () => {
  expect(formatAge('<b>', 0)).toBe('<b>');
  expect(formatTime('soon')).toBe('soon');
});

test('a count agrees with its noun', () => {
  expect([formatCount(1, 'entry', 'entries'), formatCount(12_345, 'entry', 'entries')]).toEqual([
    '1 entry',
    '12,345 entries',
  ]);
});
