import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ByteReader } from '../../../shared/kit/ranges/fetch-range.ts';
import { type Source, windowOf } from './window.ts';

const SIZE = 6_000_000;
const FILE = Uint8Array.from({ length: SIZE }, (_, i) => (i * 2_654_435_761) >>> 13);

interface RangeRequest {
  readonly from: number;
  readonly to: number;
  readonly method: 'slice' | 'stream';
}

/**
 * A source of FILE. Its streams behave as a network does: chunks have various sizes, and the buffer is detached during
 * a read. They fail at byte `failsAt`.
 */
function sourceOf(
  canStream: boolean,
  failsAt = Infinity,
): { source: Source; requests: RangeRequest[]; cancelCount: () => number } {
  const requests: RangeRequest[] = [];
  let cancelCount = 0;
  const stream = (from: number, to: number): ByteReader => {
    requests.push({ from, to, method: 'stream' });
    let at = from;
    return {
      async read(into) {
        const { byteOffset, length } = into;
        if (at >= failsAt) {
          structuredClone(into.buffer, { transfer: [into.buffer] });
          throw new Error('the network failed');
        }
        const chunk = FILE.subarray(at, Math.min(to, at + length, at + 50_000 + (at % 70_000)));
        const bytes = new Uint8Array(
          structuredClone(into.buffer, { transfer: [into.buffer] }),
          byteOffset,
          chunk.length,
        );
        bytes.set(chunk);
        at += chunk.length;
        return bytes;
      },
      cancel: () => void cancelCount++,
    };
  };
  const source: Source = {
    byteLength: SIZE,
    slice: async (from, to) => {
      requests.push({ from, to: to ?? SIZE, method: 'slice' });
      return FILE.slice(from, to).buffer;
    },
    ...(canStream && { stream }),
  };
  return { source, requests, cancelCount: () => cancelCount };
}

test.each([true, false])('reads ranges in any order (stream: %s)', async (canStream) => {
  const step = fc.record({
    // Sequential, backward, or far ahead.
    distance: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: -300_000, max: 2_500_000 })),
    length: fc.integer({ min: 0, max: 400_000 }),
    readAhead: fc.integer({ min: -500_000, max: 3_000_000 }),
    after: fc.constantFrom('continue', 'continue', 'continue', 'pause', 'release'),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(SIZE), fc.array(step, { maxLength: 30 }), async (likelyEnd, steps) => {
      const { source } = sourceOf(canStream);
      const window = windowOf(source, SIZE, likelyEnd);
      let at = 0;
      for (const { distance, length, readAhead, after } of steps) {
        at = Math.min(SIZE, Math.max(0, at + distance));
        const to = Math.min(SIZE, at + length);
        const bytes = await window.readBytes(at, to, to + readAhead);
        expect(bytes.length).toBeGreaterThanOrEqual(to - at);
        expect(Buffer.compare(bytes, FILE.subarray(at, at + bytes.length))).toBe(0);
        if (after !== 'continue') window[after]();
      }
    }),
    { numRuns: 60 },
  );
});

test('sequential reads use one stream and less than 1 MiB of memory', async () => {
  const { source, requests } = sourceOf(true);
  const window = windowOf(source, SIZE, SIZE);
  for (let at = 0; at < SIZE; at += 60_000) {
    await window.readBytes(at, Math.min(SIZE, at + 65_536));
    expect(window.heldBytes()).toBeLessThan(1024 * 1024);
  }
  expect(requests).toEqual([{ from: 0, to: SIZE, method: 'stream' }]);
});

test('pause cancels the stream, and a jump is a small request', async () => {
  const { source, requests, cancelCount } = sourceOf(true);
  const window = windowOf(source, SIZE, 2_000_000);
  await window.readBytes(0, 1000);
  window.pause();
  expect(cancelCount()).toBe(1);
  await window.readBytes(4_000_000, 4_000_100);
  expect(requests).toEqual([
    { from: 0, to: 2_000_000, method: 'stream' },
    { from: 4_000_000, to: 4_065_536, method: 'slice' },
  ]);
});

test('a failed stream can be retried', async () => {
  const { source } = sourceOf(true, 1_000_000);
  const window = windowOf(source, SIZE, 3_000_000);
  await window.readBytes(900_000, 900_100, 3_000_000);
  await expect(window.readBytes(950_000, 1_400_000)).rejects.toThrow('the network failed');
  expect(
    Buffer.compare((await window.readBytes(950_000, 950_100)).subarray(0, 100), FILE.subarray(950_000, 950_100)),
  ).toBe(0);
});

test('throws if the file ends early', async () => {
  const { source } = sourceOf(true);
  const window = windowOf(source, SIZE + 10, SIZE + 10);
  await expect(window.readBytes(0, SIZE + 1)).rejects.toThrow(`the file ends before byte ${SIZE + 1}`);
});
