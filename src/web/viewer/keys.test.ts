import { expect, test } from 'vitest';
import { actionOf, KEYS } from './keys.ts';

test('each key asks for one thing', () => {
  const keys = KEYS.flatMap((line) => line.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect([actionOf('j'), actionOf('G'), actionOf('Escape'), actionOf('x')]).toEqual([
    'next',
    'last',
    'escape',
    undefined,
  ]);
});
