import { expect, test } from 'vitest';
import diff from './format.ts';

test.each([
  ['diff --git a/x b/x\nindex 1..2\n', 'diff'],
  ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n', 'diff'],
  [`commit ${'a'.repeat(40)}\nAuthor: A\n\n    Text\n\ndiff --git a/x b/x\n`, 'diff'],
  [`From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A\n---\n x | 1 +\n\ndiff --git a/x b/x\n`, 'diff'],
  ['diff -ru a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n', 'diff'],
  [`commit ${'a'.repeat(40)}\nAuthor: A\n\n    Text\n`, undefined],
  ['Use git diff:\n\ndiff --git a/x b/x\n', undefined],
  ['--- \ntitle: front matter\n---\n', undefined],
  ['- a list\n+ a sum\n', undefined],
])('the first bytes %j are recognised as %s', (head, type) => {
  expect(diff.sniff(new TextEncoder().encode(head))).toBe(type);
});
