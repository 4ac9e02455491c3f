import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ByteReader } from '../../../shared/kit/ranges/fetch-range.ts';
import { type Source, windowOf } from './window.ts';

const SIZE = 6_000_000;
const FILE = Uint8Array.from({ length: SIZE }, (_, i) => (i * 2_654_435_761) >>> 13);

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly how: 'slice' | 'stream';
}

/** The file, as it comes over a network: in pieces, to memory that is away meanwhile. */
function sourceOf(streams: boolean, breaksAt = Infinity): { source: Source; asked: Asked[]; cancelled: () => number } {
  const asked: Asked[] = [];
  let cancelled = 0;
  const stream = (from: number, to: number): ByteReader => {
    asked.push({ from, to, how: 'stream' });
    let at = from;
    return {
      async read(into) {
        const { byteOffset, length } = into;
        if (at >= breaksAt) {
          structuredClone(into.buffer, { transfer: [into.buffer] });
          throw new Error('the network is gone');
        }
        const piece = FILE.subarray(at, Math.min(to, at + length, at + 50_000 + (at % 70_000)));
        const bytes = new Uint8Array(
          structuredClone(into.buffer, { transfer: [into.buffer] }),
          byteOffset,
          piece.length,
        );
        bytes.set(piece);
        at += piece.length;
        return bytes;
      },
      cancel: () => void cancelled++,
    };
  };
  const source: Source = {
    byteLength: SIZE,
    slice: async (from, to) => {
      asked.push({ from, to: to ?? SIZE, how: 'slice' });
      return FILE.slice(from, to).buffer;
    },
    ...(streams && { stream }),
  };
  return { source, asked, cancelled: () => cancelled };
}

test.each([true, false])('wherever one looks, there are the bytes of the file (streams: %s)', async (streams) => {
  const step = fc.record({
    // On from the byte before, back, or far ahead.
    by: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: -300_000, max: 2_500_000 })),
    length: fc.integer({ min: 0, max: 400_000 }),
    likely: fc.integer({ min: -500_000, max: 3_000_000 }),
    after: fc.constantFrom('on', 'on', 'on', 'pause', 'rest'),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(SIZE), fc.array(step, { maxLength: 30 }), async (far, steps) => {
      const { source } = sourceOf(streams);
      const window = windowOf(source, SIZE, far);
      let at = 0;
      for (const { by, length, likely, after } of steps) {
        at = Math.min(SIZE, Math.max(0, at + by));
        const to = Math.min(SIZE, at + length);
        const bytes = await window.get(at, to, to + likely);
        expect(bytes.length).toBeGreaterThanOrEqual(to - at);
        expect(Buffer.compare(bytes, FILE.subarray(at, at + bytes.length))).toBe(0);
        if (after !== 'on') window[after]();
      }
    }),
    { numRuns: 60 },
  );
});

test('who reads all of it asks once, and needs little memory', async () => {
  const { source, asked } = sourceOf(true);
  const window = windowOf(source, SIZE, SIZE);
  for (let at = 0; at < SIZE; at += 60_000) {
    await window.get(at, Math.min(SIZE, at + 65_536));
    expect(window.held()).toBeLessThan(1024 * 1024);
  }
  expect(asked).toEqual([{ from: 0, to: SIZE, how: 'stream' }]);
});

test('what is not read any more is not waited for, and a jump reads little', async () => {
  const { source, asked, cancelled } = sourceOf(true);
  const window = windowOf(source, SIZE, 2_000_000);
  await window.get(0, 1000);
  window.pause();
  expect(cancelled()).toBe(1);
  await window.get(4_000_000, 4_000_100);
  expect(asked).toEqual([
    { from: 0, to: 2_000_000, how: 'stream' },
    { from: 4_000_000, to: 4_065_536, how: 'slice' },
  ]);
});

test('after a transfer that broke one can try again', async () => {
  const { source } = sourceOf(true, 1_000_000);
  const window = windowOf(source, SIZE, 3_000_000);
  await window.get(900_000, 900_100, 3_000_000);
  await expect(window.get(950_000, 1_400_000)).rejects.toThrow('the network is gone');
  expect(Buffer.compare((await window.get(950_000, 950_100)).subarray(0, 100), FILE.subarray(950_000, 950_100))).toBe(
    0,
  );
});

test('a file that ends too soon is told', async () => {
  const { source } = sourceOf(true);
  const window = windowOf(source, SIZE + 10, SIZE + 10);
  await expect(window.get(0, SIZE + 1)).rejects.toThrow(`the file ends before byte ${SIZE + 1}`);
});
