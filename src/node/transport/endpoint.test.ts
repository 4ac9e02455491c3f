import { expect, test } from 'vitest';
import { isLoopback, nameOf, parseEndpoint } from './endpoint.ts';

test.each([
  ['8987', { kind: 'tcp', host: '127.0.0.1', port: 8987 }, '127.0.0.1:8987'],
  ['example.org:1', { kind: 'tcp', host: 'example.org', port: 1 }, 'example.org:1'],
  ['[::1]:8987', { kind: 'tcp', host: '::1', port: 8987 }, '[::1]:8987'],
  ['unix:/tmp/a b:c', { kind: 'unix', path: '/tmp/a b:c' }, 'unix:/tmp/a b:c'],
  ['-', { kind: 'stdio' }, '-'],
] as const)('%s is an endpoint', (text, endpoint, name) => {
  expect(parseEndpoint(text, '--to')).toEqual(endpoint);
  expect(nameOf(endpoint)).toBe(name);
});

test.each(['', 'x', ':1', 'a:b', '65536', 'host:', 'unix:', '::1:5', 'a b:1', 'http://x:1', '-1', '1.5'])(
  '"%s" is not an endpoint',
  (text) => {
    expect(() => parseEndpoint(text, '--to')).toThrow(/^--to: .* is not an endpoint; an endpoint is PORT/);
  },
);

test('the path of a socket is made absolute', () => {
  expect(parseEndpoint('unix:run/sock', '--to')).toEqual({ kind: 'unix', path: `${process.cwd()}/run/sock` });
});

test('isLoopback accepts loopback addresses only', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '127.0.0.1.example.org', '10.0.0.1', '::', 'localhost.example.org'].some(isLoopback)).toBe(false);
});
