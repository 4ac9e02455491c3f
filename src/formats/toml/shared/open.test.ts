import { expect, test } from 'vitest';
import { read } from '../../../shared/kit/tree/testing.ts';
import { openToml } from './open.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('reads tables, dates and numbers', () => {
  const { document, problem } = openToml(
    utf8('a = 9_007_199_254_740_993\nd = 2024-05-01\nf = nan\n[t]\nx = [1, {y = "é"}]\n[[l]]\n[[l]]\nn = 0.5\n'),
  );
  expect(problem).toBeUndefined();
  expect(document.text(document.root, 1000)).toBe(
    '{"a":9007199254740993,"d":"2024-05-01","f":"NaN","t":{"x":[1,{"y":"é"}]},"l":[{},{"n":0.5}]}',
  );
});

test('the position of an error is reported, and the text before it is read', () => {
  const { document, problem } = openToml(utf8('title = "ü"\n\n[a]\nb = 1\nc = postgres://x\nd = 2\n'));
  expect(problem).toMatchObject({ line: 5 });
  expect(read(document)).toEqual({ title: 'ü', a: { b: 1 } });
});

test('a text that ends in an array is read up to the array', () => {
  const { document } = openToml(utf8('x = 1\n[a]\nb = 1\n[c]\nlist = [\n 1,\n 2,\n'));
  expect(read(document)).toMatchObject({ x: 1, a: { b: 1 } });
});

test('reports nesting that is too deep', () => {
  expect(openToml(utf8(`a = ${'['.repeat(100_000)}`)).problem).toBeDefined();
});
