import type { JsonDocument, TreeRow } from './json-document.ts';

/** For tests: converts the rows of a tree back to a value. */
export function read(document: JsonDocument, row: TreeRow = document.root): unknown {
  const children = document.children(row, 0, 1e6);
  if (row.kind === 'array') return children.map((child) => read(document, child));
  if (row.kind === 'object') return Object.fromEntries(children.map((child) => [child.key, read(document, child)]));
  return JSON.parse(document.text(row, 1e6));
}
