import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asUtf8 } from './as-utf8.ts';

const utf16 = (text: string, order: 'le' | 'be'): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint8Array(order === 'le' ? bytes : bytes.swap16());
};

function fileOf(bytes: Uint8Array, chunk: number): Parameters<typeof asUtf8>[1] {
  return {
    range: async (from, to) => bytes.subarray(from, to),
    async *stream() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

test.each(['utf-16le', 'utf-16be', 'windows-1252'] as const)(
  'ranges of a %s text equal ranges of its UTF-8 form',
  async (charset) => {
    const one =
      charset === 'windows-1252'
        ? fc.constantFrom('a', '\n', 'é', 'ÿ', '€')
        : fc.constantFrom('a', '\n', 'é', '€', '😀');
    const bytesOf = (text: string): Uint8Array =>
      charset === 'windows-1252'
        ? Uint8Array.from(text, (char) => (char === '€' ? 0x80 : char.charCodeAt(0)))
        : utf16(text, charset === 'utf-16le' ? 'le' : 'be');
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(200),
        fc.nat(200),
        async (chars, chunk, half, from, length) => {
          const text = chars.join('');
          const expected = new TextEncoder().encode(text);
          const read = asUtf8(charset, fileOf(bytesOf(text), chunk), half * 2);
          expect(await all(read.stream())).toEqual(expected);
          expect(new Uint8Array(await read.range(from, from + length))).toEqual(expected.slice(from, from + length));
          expect(await all(read.stream())).toEqual(expected);
        },
      ),
    );
  },
);
