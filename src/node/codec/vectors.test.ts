import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proofOf } from '../pipeline/hello.ts';
import { type DecodeOptions, decode, encode } from './ndjson.ts';

const folder = join(import.meta.dirname, '../../../test/vectors');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

interface Vector {
  readonly mode: DecodeOptions['bare'];
  readonly legacy?: boolean;
  readonly expected: readonly { readonly record?: object; readonly body?: string; readonly error?: string }[];
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Decodes a stream and converts the result to the form used in the vectors. */
async function read(bytes: Uint8Array, { mode, legacy }: Vector, size: number): Promise<Vector['expected']> {
  const decoded: { record?: object; body?: string; error?: string }[] = [];
  try {
    for await (const { record, body } of decode(pieces(bytes, size), {
      bare: mode,
      peer: 'local',
      ...(legacy ? { legacy } : {}),
    })) {
      if (!body) {
        decoded.push({ record });
        continue;
      }
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      decoded.push({ record, body: Buffer.concat(parts).toString('base64') });
    }
  } catch (error) {
    decoded.push({ error: error instanceof Error ? error.message : String(error) });
  }
  return decoded;
}

describe.each(names)('vector %s', (name) => {
  const bytes = readFileSync(join(folder, `${name}.bin`));
  const vector = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector;

  test.each([1, 7, 1e6])('in pieces of %i bytes', async (size) => {
    const decoded = await read(bytes, vector, size);
    const plain = (all: Vector['expected']) => all.map(({ record, body }) => ({ record, body }));
    expect(plain(decoded)).toEqual(plain(vector.expected));
    for (const [i, { error }] of vector.expected.entries()) expect(decoded[i]?.error ?? '').toContain(error ?? '');
  });

  const isLossless = vector.mode === 'none' && !vector.expected.some(({ error }) => error);
  if (isLossless)
    test('encodes to the same bodies', async () => {
      const parts: Uint8Array[] = [];
      for (const { record, body } of vector.expected) {
        const bodyBytes = body === undefined ? undefined : Buffer.from(body, 'base64');
        const message = {
          // Decoding changes the length of a base64 body.
          record: { ...record, ...(bodyBytes ? { length: bodyBytes.length } : {}) } as never,
          ...(bodyBytes ? { body: pieces(bodyBytes, 3) } : {}),
        };
        for await (const part of encode(message)) parts.push(part);
      }
      const again = await read(Buffer.concat(parts), { mode: 'none', expected: [] }, 5);
      expect(again.map(({ body }) => body)).toEqual(vector.expected.map(({ body }) => body));
    });
});

test('the proof of a listener matches the documented format', () => {
  const token = '4f2a9c01.0123456789abcdef0123456789abcdef';
  const nonce = '00112233445566778899aabbccddeeff';
  expect(readFileSync(join(folder, 'proof.txt'), 'utf8')).toBe(`${token}\n${nonce}\n${proofOf(token, nonce)}\n`);
});
