import { expect, test } from 'vitest';
import { loadOnce } from './load-once.ts';

test('a load that succeeds runs once', async () => {
  let runs = 0;
  const load = loadOnce(
    async () => {
      runs++;
    },
    () => {},
  );
  load();
  load();
  await Promise.resolve();
  load();
  expect(runs).toBe(1);
});

test('a load that fails reports its error, and runs again at the next call', async () => {
  let runs = 0;
  const errors: string[] = [];
  const load = loadOnce(
    async () => {
      if (runs++ === 0) throw new Error('no answer');
    },
    (message) => errors.push(message),
  );
  load();
  await expect.poll(() => errors).toEqual(['no answer']);
  load();
  expect(runs).toBe(2);
  expect(errors).toHaveLength(1);
});
