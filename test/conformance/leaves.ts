/** Compares a tree with what an independent parser in Python reads. */
import { execFileSync } from 'node:child_process';
import type { JsonDocument, TreeRow } from '../../src/shared/kit/tree/json-document.ts';

/** A value of a tree: the keys that lead to it, its kind, and its text or its number of children. */
export type Leaf = readonly [path: readonly string[], kind: string, value: string | number];

const MAX_BYTES = 1e6;

/** All values of a tree, in order. A string is its characters; another scalar is its text as it is shown. */
export function leavesOf(document: JsonDocument, row: TreeRow = document.root, path: readonly string[] = []): Leaf[] {
  if (row.kind === 'string') return [[path, 'string', JSON.parse(document.text(row, MAX_BYTES)) as string]];
  if (row.kind !== 'object' && row.kind !== 'array' && row.kind !== 'lines') return [[path, row.kind, row.text]];
  const children = document.children(row, 0, row.count + 1);
  return [
    [path, row.kind, row.count],
    ...children.flatMap((child) => leavesOf(document, child, [...path, child.key ?? ''])),
  ];
}

/**
 * The values of texts as Python reads them.
 * @param program defines `read(text)`, and `leaves(value, path, out)`, which appends values to `out` and returns it
 * @returns the values of each text; a message for a text that `read` refuses
 */
export function pythonLeaves(program: string, texts: readonly string[]): (Leaf[] | string)[] {
  const run = `import json, sys
sys.setrecursionlimit(10000)
${program}
def result(text):
    try: return leaves(read(text), [], [])
    except ValueError as error: return str(error)
json.dump([result(text) for text in json.load(sys.stdin)], sys.stdout)`;
  const output = execFileSync('python3', ['-c', run], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, PYTHONUTF8: '1' },
  });
  return JSON.parse(output) as (Leaf[] | string)[];
}
