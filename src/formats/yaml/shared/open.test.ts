import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { read } from '../../../shared/kit/tree/testing.ts';
import { sniffYaml } from '../sniff.ts';
import { openYaml } from './open.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const value = (text: string) => read(openYaml(utf8(text)).document);

test('reads values that the YAML library has written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (generated) => {
      const plain: unknown = JSON.parse(JSON.stringify(generated));
      const { problem, document } = openYaml(utf8(stringify(plain)));
      expect(problem).toBeUndefined();
      expect(read(document)).toEqual(plain);
    }),
  );
});

test('aliases are resolved within their document', () => {
  expect(value('a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}')).toEqual({
    a: { b: 1 },
    c: { b: 1 },
    d: { '<<': { b: 1 }, e: 2 },
  });
  expect(value('&a [*a, 1]')).toEqual(['*a', 1]);
  expect(openYaml(utf8('a: &x 1\n---\nb: *x')).problem).toMatchObject({ line: 3, column: 4 });
});

test('the expansion of aliases is limited', () => {
  const lines = ['a0: &a0 lolololol'];
  for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
  const { document } = openYaml(utf8(lines.join('\n')));
  expect(document.root.end).toBeLessThan(400_000);
});

test('the position of an error is reported, and the rest is read', () => {
  const { problem, document } = openYaml(utf8('é: 1\nb: [1, 2\nc: "x'));
  expect(problem?.line).toBeGreaterThan(1);
  expect(document.root.count).toBeGreaterThan(1);
  expect(openYaml(utf8('a: 1\nb: 2\na: 3\n')).problem).toMatchObject({ line: 3, column: 1 });
  expect(openYaml(utf8('[1]\n')).problem).toBeUndefined();
});

test('reports nesting that is too deep', () => {
  for (const text of ['['.repeat(50_000), '- '.repeat(50_000), `${'['.repeat(2000)}1${']'.repeat(2000)}`])
    expect(openYaml(utf8(text)).document.root.kind).not.toBe('bad');
});

test('recognises YAML, but not texts that resemble it', () => {
  expect(sniffYaml(utf8('apiVersion: v1\nkind: List\nitems:\n- a: 1\n'))).toBe('yaml');
  expect(sniffYaml(utf8('---\nname: x\non:\n  push:\n    branches: [main]\n'))).toBe('yaml');
  for (const text of [
    'a,b\n1,2\n',
    'Subject: hello\nFrom: me\n\nText\n',
    '---\ntitle: Post\ntags:\n  - a\n---\n\nSome words here.\n',
    'error: no such file\nnote: try again\n',
    '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n',
    'Todo:\n  milk\nand more\n',
    '{"a":1}\n',
  ])
    expect(sniffYaml(utf8(text)), text).toBeUndefined();
});
