import { expect, test } from 'vitest';
import { formats } from '../index.ts';
import cast from './format.ts';

test.each([
  ['{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "x"]\n', 'cast'],
  ['{"version":3,"term":{"cols":80,"rows":24}}\n', 'cast'],
  ['{"version": 2, "width": 80}\n{"a": 1}\n', undefined],
  ['{"version": 2, "name": "package"}\n', undefined],
  ['version: 2\n', undefined],
])('the first bytes %j are recognised as %s', (head, type) => {
  expect(cast.sniff(new TextEncoder().encode(head))).toBe(type);
});

test('cast files are sniffed before json files, because json accepts any JSON', () => {
  const names = formats.map((format) => format.name);
  expect(names.indexOf('cast')).toBeLessThan(names.indexOf('json'));
});
