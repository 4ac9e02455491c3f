import { expect, test } from 'vitest';
import { actionOf, isPlainKey, keyOf } from './shortcuts.ts';

test('a shortcut has one action', () => {
  expect(['j', 'G', 'Escape', 'x', 'toString', ''].map(actionOf)).toEqual([
    'next',
    'last',
    'escape',
    undefined,
    undefined,
    undefined,
  ]);
});

test('an action has one key', () => {
  const keys = (['next', 'previous', 'first', 'last', 'filter', 'alone', 'help', 'escape'] as const).map(keyOf);
  expect(keys).toEqual(['j', 'k', 'g', 'G', '/', 'o', '?', 'Escape']);
});

test('keys with modifiers and keys that are already handled are not shortcuts', () => {
  const event = { defaultPrevented: false, ctrlKey: false, metaKey: false, altKey: false };
  expect(isPlainKey(event)).toBe(true);
  for (const name of Object.keys(event)) expect(isPlainKey({ ...event, [name]: true })).toBe(false);
});
