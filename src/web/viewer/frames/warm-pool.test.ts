import { expect, test } from 'vitest';
import { addFrames, markReady, takeReady } from './warm-pool.ts';

test('the pool takes no more frames than it needs', () => {
  expect(addFrames([], ['a', 'b', 'c']).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(addFrames(addFrames([], ['a', 'b']), ['c'])).toHaveLength(2);
});

test('only a frame that has loaded can be taken, the oldest first', () => {
  const loading = addFrames([], ['a', 'b']);
  expect(takeReady(loading)).toEqual({ name: undefined, pool: loading });
  const ready = markReady(markReady(loading, 'b'), 'a');
  const first = takeReady(ready);
  expect(first).toEqual({ name: 'a', pool: [{ name: 'b', phase: 'ready' }] });
  expect(takeReady(first.pool)).toEqual({ name: 'b', pool: [] });
});
