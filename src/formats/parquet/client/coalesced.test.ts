import { expect, test } from 'vitest';
import { coalesced } from './coalesced.ts';

const MB = 1024 * 1024;
const FILE = Uint8Array.from({ length: 12 * MB }, (_, i) => i >>> 10);

test('what is near and wanted at the same time is fetched together, and what is far is not', async () => {
  const asked: [number, number][] = [];
  const fetch = coalesced(async (from, to) => {
    asked.push([from, to]);
    return FILE.slice(from, to);
  });
  const ranges: readonly [number, number][] = [
    [9 * MB, 10 * MB],
    [MB, MB + 1000],
    [0, 500],
    [MB + 500, MB + 2000],
    // Too far to be one with those above, and too much with those below.
    [4 * MB, 7 * MB],
    [7 * MB, 8 * MB + 10],
  ];
  const found = await Promise.all(ranges.map(([from, to]) => fetch(from, to)));
  for (const [i, [from, to]] of ranges.entries()) expect(Buffer.compare(found[i]!, FILE.subarray(from, to))).toBe(0);
  expect(asked).toEqual([
    [0, MB + 2000],
    [4 * MB, 7 * MB],
    [7 * MB, 10 * MB],
  ]);
  await fetch(5, 6);
  expect(asked).toHaveLength(4);
});

test('where a request fails all that wanted it are told', async () => {
  const fetch = coalesced(async () => Promise.reject(new Error('the server said 500')));
  const found = await Promise.allSettled([fetch(0, 10), fetch(20, 30)]);
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
