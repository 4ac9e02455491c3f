import { expect, test } from 'vitest';
import { frameHeight, parseFrameMessage } from './messages.ts';

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
])('%j is understood', (data, message) => {
  expect(parseFrameMessage(data)).toEqual(message);
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
])('%j is nothing to us', (data) => {
  expect(parseFrameMessage(data)).toBeUndefined();
});

test('a frame is between 24 pixels and three quarters of the window high', () => {
  expect([frameHeight(0, 800), frameHeight(100, 800), frameHeight(1e9, 800)]).toEqual([24, 100, 600]);
});
