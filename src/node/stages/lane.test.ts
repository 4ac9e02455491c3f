import { expect, test } from 'vitest';
import { Lane } from './lane.ts';

test('never more at a time than its width, in their order, and one that fails makes room', async () => {
  const lane = new Lane(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const works = Array.from({ length: 20 }, (_, i) =>
    lane.run(async () => {
      order.push(i);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      running -= 1;
      if (i % 5 === 0) throw new Error('no');
    }),
  );
  const ends = await Promise.allSettled(works);
  expect(most).toBe(2);
  expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(4);
});
