import { expect, test } from 'vitest';
import { coalesced } from './coalesced.ts';

const MB = 1024 * 1024;
const FILE = Uint8Array.from({ length: 12 * MB }, (_, i) => i >>> 10);

test('fetches adjacent ranges together, and distant ones separately', async () => {
  const requests: [number, number][] = [];
  const fetch = coalesced(async (from, to) => {
    requests.push([from, to]);
    return FILE.slice(from, to);
  });
  const ranges: readonly [number, number][] = [
    [9 * MB, 10 * MB],
    [MB, MB + 1000],
    [0, 500],
    [MB + 500, MB + 2000],
    // Too far from the ranges above, and too large together with those below.
    [4 * MB, 7 * MB],
    [7 * MB, 8 * MB + 10],
  ];
  const results = await Promise.all(ranges.map(([from, to]) => fetch(from, to)));
  for (const [i, [from, to]] of ranges.entries()) expect(Buffer.compare(results[i]!, FILE.subarray(from, to))).toBe(0);
  expect(requests).toEqual([
    [0, MB + 2000],
    [4 * MB, 7 * MB],
    [7 * MB, 10 * MB],
  ]);
  await fetch(5, 6);
  expect(requests).toHaveLength(4);
});

test('a failed request rejects all of its ranges', async () => {
  const fetch = coalesced(async () => Promise.reject(new Error('status 500')));
  const results = await Promise.allSettled([fetch(0, 10), fetch(20, 30)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
