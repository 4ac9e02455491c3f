import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Key } from './key.ts';
import { Logins, mintCode } from './login.ts';

const keyOf = (secret: string): Key => {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
  return { sign, verify: (text, signature) => sign(text) === signature };
};
const key = keyOf('a');

test('a code is accepted once, even with something appended', () => {
  const logins = new Logins(key, 'monday');
  const code = mintCode(key, 'monday', 1000);
  expect(logins.take(code)).toBe(true);
  for (const again of [code, `${code}.`, `${code}.x`, `${code}.${code}`]) expect(logins.take(again), again).toBe(false);
});

test('a code of another server, another start, or another time is refused', () => {
  const logins = new Logins(key, 'monday');
  const [expiry, nonce, signature] = mintCode(key, 'monday', 1000).split('.');
  const later = (Date.now() + 10 ** 9).toString(36);
  for (const code of [
    mintCode(keyOf('b'), 'monday', 1000),
    mintCode(key, 'tuesday', 1000),
    mintCode(key, 'monday', -1),
    `${later}.${nonce}.${signature}`,
    `${expiry}.${nonce}x.${signature}`,
    `${expiry}.${nonce}.`,
    `${expiry}.${nonce}`,
    '',
    '..',
  ])
    expect(logins.take(code), code).toBe(false);
});
