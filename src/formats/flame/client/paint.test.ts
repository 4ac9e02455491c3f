import { expect, test } from 'vitest';
import { frameColour } from './paint.ts';

test('equal names have equal colours; other names have others', () => {
  expect(frameColour('parse', false, false)).toBe(frameColour('parse', false, false));
  expect(frameColour('parse', false, false)).not.toBe(frameColour('write', false, false));
});

test('kernel, JIT-compiled and inlined functions have hues of their own', () => {
  const hues = ['a_[k]', 'a_[j]', 'a_[i]'].map((name) => / (\d+)\)$/.exec(frameColour(name, true, false))?.[1]);
  expect(hues).toEqual(['255', '150', '190']);
});

test('faded frames have no colour', () => {
  expect(frameColour('parse', false, true)).toBe('#eceef1');
  expect(frameColour('parse', true, true)).toBe('#2b3037');
});
