import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  completeCharacters,
  countNewlines,
  decode,
  detectCharset,
  firstLineStart,
  isText,
  lastLineEnd,
  textHtml,
} from './charset.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));

describe('detect', () => {
  test('UTF-8, also with an incomplete character at the end', () => {
    expect(detectCharset(utf8('grüße')).charset).toBe('utf-8');
    expect(detectCharset(utf8('grü').subarray(0, 3))).toEqual({ charset: 'utf-8' });
  });
  test('UTF-16 with and without a byte order mark', () => {
    expect(detectCharset(utf16('\ufeffhello')).charset).toBe('utf-16le');
    expect(detectCharset(Uint8Array.of(0xfe, 0xff, 0, 65)).charset).toBe('utf-16be');
    expect(detectCharset(utf16('hello world')).charset).toBe('utf-16le');
  });
  test('Latin-1, and UTF-8 with a few invalid bytes', () => {
    expect(detectCharset(Uint8Array.from(Buffer.from('Café crème', 'latin1'))).charset).toBe('windows-1252');
    expect(detectCharset(Uint8Array.of(...utf8('grüße aus Köln '), 0xff)).charset).toBe('utf-8');
  });
});

test('tells text from binary files', () => {
  expect(isText(utf8('hello\tworld\r\n\x1b[31mred\x1b[0m'))).toBe(true);
  expect(isText(new Uint8Array())).toBe(true);
  expect(isText(utf16('hello world'))).toBe(true);
  expect(isText(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0))).toBe(false);
  expect(isText(Uint8Array.from({ length: 500 }, (_, i) => (i * 167) & 255))).toBe(false);
});

test('pieces are cut at line ends, or between characters if there is none', () => {
  const bytes = utf8('one\ntwo\nthr');
  expect(firstLineStart(bytes, 'utf-8')).toBe(4);
  expect(lastLineEnd(bytes, 'utf-8')).toBe(8);
  expect(lastLineEnd(utf8('grü').subarray(0, 3), 'utf-8')).toBe(2);
  expect(firstLineStart(utf8('ü').subarray(1), 'utf-8')).toBe(1);
  expect(lastLineEnd(utf16('a\nb'), 'utf-16le')).toBe(4);
  // The bytes of U+0A0A look like two line feeds.
  expect(countNewlines(utf16('\u0a0a\n\u0a00'), 'utf-16le')).toBe(1);
});

test('pieces cut at line boundaries join to the original text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, place) => {
      const bytes = utf8(text);
      const head = bytes.subarray(0, place % (bytes.length + 1));
      const end = completeCharacters(head, 'utf-8');
      const joined = new TextDecoder('utf-8', { ignoreBOM: true });
      expect(
        joined.decode(bytes.subarray(0, end)) +
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(end)),
      ).toBe(text);
    }),
  );
});

test('textHtml escapes markup and shows control characters', () => {
  expect(textHtml('a<b>&\r\nc\rd\0\x1b\x7f\t')).toBe('a&lt;b&gt;&amp;\nc\nd␀␛␡\t');
  expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 65), 'utf-8')).toBe('A');
});
