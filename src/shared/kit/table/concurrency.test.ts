import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { forEachConcurrently, serialQueue } from './concurrency.ts';

test('runs a limited number at a time, in order; starts none after a failure', async () => {
  const begun: number[] = [];
  let open = 0;
  let most = 0;
  await forEachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (one) => {
    begun.push(one);
    most = Math.max(most, ++open);
    await setImmediate();
    open--;
  });
  expect([begun, most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
  const tried: number[] = [];
  await expect(
    forEachConcurrently([1, 2, 3], 1, async (one) => {
      tried.push(one);
      throw new Error(`not ${one}`);
    }),
  ).rejects.toThrow('not 1');
  expect(tried).toEqual([1]);
  const begunAfter: number[] = [];
  await expect(
    forEachConcurrently([1, 2, 3, 4, 5, 6], 2, async (one) => {
      begunAfter.push(one);
      await setImmediate();
      if (one === 1) throw new Error('not 1');
    }),
  ).rejects.toThrow('not 1');
  await setImmediate();
  await setImmediate();
  expect(begunAfter.length).toBeLessThan(4);
});

test('the serial queue continues after a failure', async () => {
  const alone = serialQueue();
  const said: string[] = [];
  const step = async (name: string): Promise<void> => {
    said.push(`${name} begins`);
    await setImmediate();
    said.push(`${name} ends`);
    if (name === 'a') throw new Error('not a');
  };
  const done = await Promise.allSettled(['a', 'b'].map((name) => alone(() => step(name))));
  expect(done.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
