import { expect, test } from 'vitest';
import { Limiter } from './limiter.ts';

test('runs no more tasks at a time than its width, in order, and goes on after one that fails', async () => {
  const limiter = new Limiter(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const tasks = Array.from({ length: 20 }, (_, i) =>
    limiter.run(async () => {
      order.push(i);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      running -= 1;
      if (i % 5 === 0) throw new Error('no');
    }),
  );
  const ends = await Promise.allSettled(tasks);
  expect(most).toBe(2);
  expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(4);
});
