import { expect, test } from 'vitest';
import { parseMessageFromPage, parseMessageToPage } from './page-messages.ts';

test.each([
  [
    { webpipe: 'height', height: 120.4 },
    { webpipe: 'height', height: 120 },
  ],
  [
    { webpipe: 'height', height: -1 },
    { webpipe: 'height', height: 0 },
  ],
  [{ webpipe: 'ready', more: 1 }, { webpipe: 'ready' }],
  [{ webpipe: 'warm' }, { webpipe: 'warm' }],
  [
    { webpipe: 'key', key: 'j' },
    { webpipe: 'key', key: 'j' },
  ],
  [
    { webpipe: 'link', url: 'https://a.example/x y' },
    { webpipe: 'link', url: 'https://a.example/x%20y' },
  ],
  [
    { webpipe: 'link', url: 'mailto:a@b.example' },
    { webpipe: 'link', url: 'mailto:a@b.example' },
  ],
])('a page can send %j', (data, message) => {
  expect(parseMessageFromPage(data)).toEqual(message);
});

test.each([
  [undefined],
  [null],
  ['height'],
  [{}],
  [{ webpipe: 'write', html: '' }],
  [{ webpipe: 'height', height: '100' }],
  [{ webpipe: 'height', height: Number.NaN }],
  [{ webpipe: 'height', height: Number.POSITIVE_INFINITY }],
  [{ webpipe: 'height' }],
  [{ webpipe: 'key', key: 'x'.repeat(21) }],
  [{ webpipe: 'key', key: { toString: (): string => 'j' } }],
  [{ webpipe: 'link', url: 'javascript:alert(1)' }],
  [{ webpipe: 'link', url: 'data:text/html,x' }],
  [{ webpipe: 'link', url: 'file:///etc/passwd' }],
  [{ webpipe: 'link', url: '/relative' }],
  [{ webpipe: 'link', url: `https://a.example/${'x'.repeat(9000)}` }],
])('%j is not a message from a page', (data) => {
  expect(parseMessageFromPage(data)).toBeUndefined();
});

test.each([[{ webpipe: 'alone' }], [{ webpipe: 'ask' }], [{ webpipe: 'grown', bytes: 7, ended: false }]])(
  'the viewer can send %j',
  (data) => {
    expect(parseMessageToPage(data)).toEqual(data);
  },
);

test.each([
  [undefined],
  [null],
  ['ask'],
  [7],
  [{}],
  [{ webpipe: 'here' }],
  [{ webpipe: 'grown' }],
  [{ webpipe: 'grown', bytes: '7' }],
  [{ webpipe: 'grown', bytes: Number.NaN }],
])('%j is not a message from the viewer', (data) => {
  expect(parseMessageToPage(data)).toBeUndefined();
});
