/** Finds text that must not be in this repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const everywhere = [
  [/(?<![\w.])\/work\/(?:main|shared|\.)/, 'a path of one machine'],
  [
    /unpkg\.com|jsdelivr\.net|cdnjs\.|fonts\.googleapis|fonts\.gstatic|esm\.sh\b|skypack\.dev/,
    'a CDN: pages work offline',
  ],
  [/\bissues? #?\d+\b/i, 'the number of an issue: describe the subject instead'],
  [/^(?:<{7}|>{7}) /m, 'a merge conflict marker'],
];

const inCode = [
  [/\b(?:TODO|FIXME|XXX)\b/, 'unfinished work'],
  [/\b(?:it|test|describe)\.only\(/, 'a test that disables all others'],
  [/[@]ts-(?:ignore|nocheck)\b/, 'a silenced type error'],
];

const skipped = /^(?:package-lock\.json|scripts\/words\.mjs|src\/formats\/[^/]+\/golden\/.*|.*\/fixtures\/.*)$/;

/**
 * Searches `files` (relative to `root`).
 * @returns one line per finding: `file:line: reason`
 */
export function forbiddenWords(root, files) {
  const findings = [];
  for (const file of files.filter((name) => !skipped.test(name))) {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.includes('\0')) continue;
    const rules = /\.(?:m?[jt]sx?|sh)$|(?:^|\/)wp$/.test(file) ? [...everywhere, ...inCode] : everywhere;
    for (const [pattern, reason] of rules) {
      const at = text.search(pattern);
      if (at >= 0) findings.push(`${file}:${text.slice(0, at).split('\n').length}: ${reason}`);
    }
  }
  return findings;
}
