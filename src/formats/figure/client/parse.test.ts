import { expect, test } from 'vitest';
import { parseSafely } from './parse.ts';

test('values are what they are', () => {
  expect(parseSafely('{"a":[1,"x",null,{"b":true}]}')).toEqual({ a: [1, 'x', null, { b: true }] });
});

test('keys that reach what all objects share are left out, however they are written', () => {
  const value = parseSafely(
    '{"__proto__":{"x":1},"a":{"\\u005f_proto__":{"x":1},"constructor":{"prototype":{"x":1}},"b":2,"c":{"constructor":"Ferrari"}}}',
  );
  expect(JSON.stringify(value)).toBe('{"a":{"b":2,"c":{"constructor":"Ferrari"}}}');
  expect(Object.hasOwn(value as object, '__proto__')).toBe(false);
});

test('what is no JSON is said', () => {
  expect(() => parseSafely('{')).toThrow(SyntaxError);
});
