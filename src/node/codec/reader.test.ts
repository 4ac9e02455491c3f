import { expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { ByteReader } from './reader.ts';

const pause = (ms: number) => new Promise((settle) => setTimeout(settle, ms));

/** Pieces, each after so many milliseconds. */
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

const patience = { silence: scaled(500), rate: 100 };
const LONGER = 2 * patience.silence;

test('silence in the middle of a line or a body is not waited for, before one it is', async () => {
  const line = new ByteReader(slowly(['ha', 0], ['lf\n', LONGER]), patience);
  await expect(line.line(100)).rejects.toThrow('in the middle of a record, no byte arrived for');
  const body = new ByteReader(slowly(['ha', 0], ['lf', LONGER]), patience);
  await expect(textOf(body.bytes(4))).rejects.toThrow('no byte arrived');
  const between = new ByteReader(slowly(['one\n', 0], ['two\n', LONGER]), patience);
  expect(String(await between.line(100))).toBe('one');
  expect(String(await between.line(100))).toBe('two');
});

test('what trickles is not waited for, what is only taken slowly is', async () => {
  // Each drop comes long before the limit of silence, all of them long after it.
  const drops = Array.from({ length: 40 }, () => ['x', patience.silence / 20] as const);
  const trickle = new ByteReader(slowly(...drops), patience);
  await expect(textOf(trickle.bytes(40))).rejects.toThrow('the rate was below 100 bytes per second');
  const quick = new ByteReader(slowly(...Array.from({ length: 10 }, () => ['x'.repeat(50), 0] as const)), patience);
  let taken = 0;
  for await (const piece of quick.bytes(500)) {
    taken += piece.length;
    await pause(50);
  }
  expect(taken).toBe(500);
});

test('without limits the reader waits for any time', async () => {
  const reader = new ByteReader(slowly(['a', 0], ['b', 200]));
  expect(await textOf(reader.bytes(2))).toBe('ab');
});
