import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectLinear } from '../../../../test/support/growth.ts';
import { parseChunk } from './patch-chunk.ts';
import { fileStarts, parseFile } from './unified-diff.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('parses the diff of a file by git', () => {
  const file = parseFile(
    'diff --git a/src/x.c b/src/x.c\nindex 1..2 100644\n--- a/src/x.c\n+++ b/src/x.c\n@@ -1,3 +1,3 @@ int f\n a\n-b\n+B\n c\n\\ No newline at end of file\n',
  );
  expect(file).toMatchObject({ name: 'src/x.c', notes: [], added: 1, removed: 1, after: '' });
  expect(file.problem).toBeUndefined();
  expect(file.hunks).toEqual([
    {
      oldStart: 1,
      newStart: 1,
      section: 'int f',
      lines: [
        { kind: ' ', text: 'a' },
        { kind: '-', text: 'b' },
        { kind: '+', text: 'B' },
        { kind: ' ', text: 'c', noNewline: true },
      ],
    },
  ]);
});

test.each([
  ['diff --git a/x b/x\nnew file mode 100644\nindex 0..1\n', 'x', ['new']],
  ['diff --git a/a b/b/x y b/a b/b/x y\nold mode 100644\nnew mode 100755\n', 'a b/b/x y', ['mode 100644 → 100755']],
  ['diff --git a/a/x b/b/x\nsimilarity index 100%\nrename from a/x\nrename to b/x\n', 'a/x → b/x', ['renamed']],
  ['diff --git a/x.png b/x.png\nindex 1..2\nBinary files a/x.png and b/x.png differ\n', 'x.png', ['binary']],
  ['diff --git "a/gr\\303\\274n" "b/gr\\303\\274n"\n--- "a/gr\\303\\274n"\n+++ "b/gr\\303\\274n"\n', 'grün', []],
  ['diff --git c/x c/x\n--- c/x\n+++ c/x\n@@ -1 +1 @@\n-a\n+b\n', 'c/x', []],
  [
    'diff -ru old/x new/x\n--- old/x\t2024-05-01 10:00:00\n+++ new/x\t2024-05-01 10:00:00\n@@ -1 +1 @@\n-a\n+b\n',
    'new/x',
    [],
  ],
  ['--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n', 'b/x', ['new']],
  [
    'Index: x\n===================================================================\n--- x\t(revision 1)\n+++ x\t(working copy)\n',
    'x',
    [],
  ],
])('%j has the name %s', (text, name, notes) => {
  expect(parseFile(text)).toMatchObject({ name, notes });
});

test('inside a hunk, lines that look like headers are content; after it they are text', () => {
  const file = parseFile('--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- x\n+++ x\n same\n-- \n2.39.5\n');
  expect(file.hunks[0]?.lines.map((line) => line.kind).join('')).toBe('-+ ');
  expect(file.after).toBe('-- \n2.39.5');
  expect(file.problem).toBeUndefined();
});

test('a hunk with fewer lines than its header specifies is reported', () => {
  const text = '--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\nwhat is this\n';
  expect(parseFile(text).problem).toBe('Line 6 of this diff does not match the header of its hunk (@@ -1,3 +1,3 @@).');
  expect(parseFile('--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n').problem).toContain('Line 5');
  expect(parseFile('--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n', true).problem).toBeUndefined();
});

test('carriage returns are shown unless the whole patch has them', () => {
  const texts = (patch: string) => parseFile(patch).hunks[0]?.lines.map((line) => line.text);
  expect(texts('--- a\n+++ b\n@@ -1 +1 @@\n-x\r\n+x\n')).toEqual(['x^M', 'x']);
  expect(texts('--- a\r\n+++ b\r\n@@ -1 +1 @@\r\n-x\r\n+y\r\n')).toEqual(['x', 'y']);
});

test('a chunk ends at the beginning of a file, where the next chunk begins', () => {
  const patchOf = (name: string) => `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-ä\n+ö\n`;
  const patch = bytes(patchOf('x') + patchOf('y') + patchOf('z'));
  const first = parseChunk(patch.subarray(0, patch.length - 3), 'utf-8', true);
  expect(first.files.map(({ file }) => file.name)).toEqual(['b/x', 'b/y']);
  const second = parseChunk(patch.subarray(first.end), 'utf-8', false);
  expect(second.files.map(({ file }) => file.name)).toEqual(['b/z']);
  const cut = parseChunk(patch.subarray(0, 20), 'utf-8', true);
  expect(cut).toMatchObject({ end: 20, files: [{ cut: true }] });
});

test('any text is parsed to its end', () => {
  const line = fc.constantFrom(
    'diff --git a/x b/x',
    '--- a/x',
    '+++ b/x',
    '@@ -1,2 +1,2 @@',
    '@@@ -1 -1 +1 @@@',
    ' x',
    '-x',
    '+x',
    '\\',
    '',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
      const text = lines.join('\n');
      for (const start of fileStarts(text)) parseFile(text.slice(start));
      expect(parseChunk(bytes(text), 'utf-8', false).end).toBe(bytes(text).length);
    }),
  );
});

test('long names take linear time', async () => {
  await expectLinear(200_000, (count) => parseFile(`diff --git ${'a '.repeat(count)}\n`));
});
