import { expect, test } from 'vitest';
import { imageKind, imageSize } from './image-size.ts';

const text = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)));
const zeros = (count: number): number[] => new Array(count).fill(0);

const png = text('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 2, 128, 0, 0, 1, 224, 8, 6, 0, 0, 0]);
const gif = text('GIF89a', [64, 1, 240, 0], zeros(10));
const bmp = text('BM', zeros(4), zeros(4), [54, 0, 0, 0], [40, 0, 0, 0], [5, 0, 0, 0], [250, 255, 255, 255], zeros(8));
const ico = text([0, 0, 1, 0, 1, 0, 32, 0, 0, 0], zeros(20));
const frame = [0xff, 0xc0, 0, 17, 8, 1, 224, 2, 128, 3, ...zeros(9)];
const jpg = text([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0], frame);
const exif = text('Exif\0\0', 'II*\0', [8, 0, 0, 0], [1, 0], [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
const turned = text([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2], [...exif], frame);
const vp8x = text('RIFF', zeros(4), 'WEBP', 'VP8X', [10, 0, 0, 0], zeros(4), [127, 2, 0, 223, 1, 0]);
const vp8l = text('RIFF', zeros(4), 'WEBP', 'VP8L', zeros(4), [0x2f, 0x7f, 0xc2, 0x77, 0]);
const avif = text([0, 0, 0, 32], 'ftypavif', zeros(20), 'ispe', zeros(4), [0, 0, 2, 128, 0, 0, 1, 224], zeros(8));

test.each([
  ['png', png, 640, 480],
  ['gif', gif, 320, 240],
  ['bmp', bmp, 5, 6],
  ['ico', ico, 32, 256],
  ['jpg', jpg, 640, 480],
  ['jpg', turned, 480, 640],
  ['webp', vp8x, 640, 480],
  ['webp', vp8l, 640, 480],
  ['avif', avif, 640, 480],
  ['svg', text('<svg width="10" height="20">'), 10, 20],
  ['svg', text('\xef\xbb\xbf <?xml version="1.0"?><!-- <svg> --><svg viewBox="0 0 30 40">'), 30, 40],
  ['svg', text('<svg xmlns="x" width="1in" viewBox="0 0 30 60" height="100%">'), 96, 192],
  ['svg', text('<!DOCTYPE svg PUBLIC "a" "b" [ <!ENTITY x "y"> ]>\n<svg:svg height="7.6pt" width=\'3px\'>'), 3, 10],
])('%s', (kind, bytes, width, height) => {
  expect(imageKind(bytes)).toBe(kind);
  expect(imageSize(bytes)).toEqual({ width, height });
});

test('truncated headers have no size, and other files are not images', () => {
  for (const bytes of [png, gif, bmp, ico, jpg, turned, vp8x, vp8l, avif]) {
    for (let length = 0; length < bytes.length; length++)
      expect(() => imageSize(bytes.subarray(0, length))).not.toThrow();
  }
  expect(imageSize(text('<svg>'))).toBeUndefined();
  for (const other of [
    '',
    'BM is a car maker, they say, and not a bitmap',
    '<html><svg></svg>',
    '<svgx>',
    'GIF',
    '\0\0\x01\0',
  ]) {
    expect(imageKind(text(other)), other).toBeUndefined();
  }
});
