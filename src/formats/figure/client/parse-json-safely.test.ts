import { expect, test } from 'vitest';
import { parseSafely } from './parse-json-safely.ts';

test('parses JSON', () => {
  expect(parseSafely('{"a":[1,"x",null,{"b":true}]}')).toEqual({ a: [1, 'x', null, { b: true }] });
});

test('removes keys that refer to a prototype, even if escaped', () => {
  const value = parseSafely(
    '{"__proto__":{"x":1},"a":{"\\u005f_proto__":{"x":1},' +
      '"constructor":{"prototype":{"x":1}},"b":2,"c":{"constructor":"Ferrari"}}}',
  );
  expect(JSON.stringify(value)).toBe('{"a":{"b":2,"c":{"constructor":"Ferrari"}}}');
  expect(Object.hasOwn(value as object, '__proto__')).toBe(false);
});

test('invalid JSON throws', () => {
  expect(() => parseSafely('{')).toThrow(SyntaxError);
});
