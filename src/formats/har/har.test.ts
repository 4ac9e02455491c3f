import { expect, test } from 'vitest';
import har from './format.ts';
import { readHar } from './read.ts';

const entry = (more: object) => ({
  startedDateTime: '2026-11-24T18:00:00.000Z',
  time: 90,
  request: { method: 'GET', url: 'https://example.org/a', headers: [] },
  response: { status: 200, headers: [], content: { size: 10, mimeType: 'text/html; charset=utf-8' }, bodySize: -1 },
  timings: { blocked: -1, dns: 5, connect: 30, ssl: 20, send: 1, wait: 50, receive: 4 },
  ...more,
});
const read = (...entries: unknown[]) => readHar({ log: { entries } });

test('requests are sorted by start time; the time for TLS is part of connecting', () => {
  const [first, second] = read(entry({ startedDateTime: '2026-11-24T18:00:00.250Z' }), entry({}));
  expect(first).toMatchObject({ start: 0, phases: [0, 5, 10, 20, 1, 50, 4], size: 10, mime: 'text/html', status: 200 });
  expect(second?.start).toBe(250);
  expect(read(entry({ timings: {} }))[0]?.phases).toEqual([0, 0, 0, 0, 0, 90, 0]);
});

test('secrets are removed', () => {
  const headers = [
    { name: 'Cookie', value: 'session=s3cret' },
    { name: 'authorization', value: 'Bearer s3cret' },
    { name: 'X-Api-Key', value: 's3cret' },
    { name: 'Referer', value: 'https://example.org/?access_token=s3cret&page=2' },
    { name: 'Accept', value: '*/*' },
  ];
  const url = 'https://user:s3cret@example.org/a?page=1&token=s3cret&X-Amz-Signature=s3cret#code=s3cret';
  const [request] = read(
    entry({
      request: { method: 'GET', url, headers, cookies: [{ name: 'a', value: 's3cret' }], postData: { text: 's3cret' } },
      response: { status: 200, headers },
    }),
  );
  expect(JSON.stringify(request)).not.toContain('s3cret');
  expect(request?.url).toBe('https://example.org/a?page=1&token=…&X-Amz-Signature=…#code=…');
  expect(request?.request.slice(3)).toEqual([
    ['Referer', 'https://example.org/?access_token=…&page=2'],
    ['Accept', '*/*'],
  ]);
});

test('other JSON is rejected, and invalid entries do not throw', () => {
  for (const other of [null, 1, {}, { log: {} }, { log: { entries: {} } }])
    expect(() => readHar(other)).toThrow('it has no "log" with "entries"');
  expect(read(null, 7, {}, { timings: 'x', request: [], response: { content: null } })).toHaveLength(4);
});

test.each([
  ['{"log":{"version":"1.2","creator":{"name":"x"},"entries":[]}}', 'har'],
  ['{"log":{"level":"info"}}', undefined],
  ['{"entries":[]}', undefined],
  ['', undefined],
])('%s is %s', (text, type) => expect(har.sniff(Buffer.from(text))).toBe(type));
