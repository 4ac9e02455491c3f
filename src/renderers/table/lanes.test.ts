import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes } from './lanes.ts';

test('so many at a time, begun in their order; after one that fails no others begin', async () => {
  const begun: number[] = [];
  let open = 0;
  let most = 0;
  await inLanes([1, 2, 3, 4, 5, 6, 7], 3, async (one) => {
    begun.push(one);
    most = Math.max(most, ++open);
    await setImmediate();
    open--;
  });
  expect([begun, most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
  const tried: number[] = [];
  await expect(
    inLanes([1, 2, 3], 1, async (one) => {
      tried.push(one);
      throw new Error(`not ${one}`);
    }),
  ).rejects.toThrow('not 1');
  expect(tried).toEqual([1]);
  const begunAfter: number[] = [];
  await expect(
    inLanes([1, 2, 3, 4, 5, 6], 2, async (one) => {
      begunAfter.push(one);
      await setImmediate();
      if (one === 1) throw new Error('not 1');
    }),
  ).rejects.toThrow('not 1');
  await setImmediate();
  await setImmediate();
  expect(begunAfter.length).toBeLessThan(4);
});
