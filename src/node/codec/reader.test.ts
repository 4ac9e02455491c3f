import { expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { ByteReader } from './reader.ts';

const pause = (ms: number) => new Promise((settle) => setTimeout(settle, ms));

/** A stream of pieces, each preceded by a pause in milliseconds. */
async function* slowly(...pieces: readonly (readonly [string, number])[]): AsyncGenerator<Uint8Array> {
  for (const [text, ms] of pieces) {
    if (ms > 0) await pause(ms);
    yield Buffer.from(text);
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const limits = { maxSilence: scaled(500), minRate: 100 };
const LONGER = 2 * limits.maxSilence;

test('silence within a line or a body times out; silence before one does not', async () => {
  const line = new ByteReader(slowly(['ha', 0], ['lf\n', LONGER]), limits);
  await expect(line.line(100)).rejects.toThrow('in the middle of a record, no byte arrived for');
  const body = new ByteReader(slowly(['ha', 0], ['lf', LONGER]), limits);
  await expect(textOf(body.bytes(4))).rejects.toThrow('no byte arrived');
  const between = new ByteReader(slowly(['one\n', 0], ['two\n', LONGER]), limits);
  expect(String(await between.line(100))).toBe('one');
  expect(String(await between.line(100))).toBe('two');
});

test('a slow sender times out; a slow consumer does not', async () => {
  // Each piece arrives well within the silence limit; together they take much longer.
  const drops = Array.from({ length: 40 }, () => ['x', limits.maxSilence / 20] as const);
  const trickle = new ByteReader(slowly(...drops), limits);
  await expect(textOf(trickle.bytes(40))).rejects.toThrow('the rate was below 100 bytes per second');
  const quick = new ByteReader(slowly(...Array.from({ length: 10 }, () => ['x'.repeat(50), 0] as const)), limits);
  let taken = 0;
  for await (const piece of quick.bytes(500)) {
    taken += piece.length;
    await pause(50);
  }
  expect(taken).toBe(500);
});

test('without limits the reader waits forever', async () => {
  const reader = new ByteReader(slowly(['a', 0], ['b', 200]));
  expect(await textOf(reader.bytes(2))).toBe('ab');
});
