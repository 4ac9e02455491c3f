import { badLines, partialReadNotes } from '../../node/kit/text/bad-lines.ts';
import { eachLine } from '../../node/kit/text/each-line.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import { createTree, type Stacks } from '../flame/shared/tree.ts';

/** Files and directories that are kept in memory. */
const MAX_NODES = 1_500_000;
const MAX_DEPTH = 200;
const UNITS = 'KMGTPE';

export interface Sizes {
  /** A tree of names, as of functions; the weight of a node itself is what its parts do not explain. */
  readonly stacks: Stacks;
  /** What a reader should know, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The output of `du`, sorted or not, and lines of a size and a path as `find -printf '%s %p\n'` gives them. A directory has
 * the size that is said of it, or else the sum of what is in it. `du` does not say its unit: where all sizes are multiples
 * of four and a tab follows, they are taken for KiB, else for bytes.
 */
export function readSizes(path: string, size: number): Sizes {
  const tree = createTree(Infinity);
  const said: number[] = [];
  const bad = badLines('are not a size and a path');
  let [number, nodes, left, lines, fours] = [0, 1, 0, 0, 0];
  const read = eachLine(path, (bytes, _view, from, to) => {
    number++;
    const line = bytes.toString('utf8', from, to);
    const match = /^\s*(\d+(?:[.,]\d+)?)([KMGTPE])?(?:i?B)?(\t| +)(\S.*)$/i.exec(line.slice(0, 8192));
    if (!match) return line.trim() === '' ? undefined : bad.add(number);
    const [, digits = '', unit, gap, name = ''] = match;
    const value = Number(digits.replace(',', '.')) * (unit ? 1024 ** (UNITS.indexOf(unit.toUpperCase()) + 1) : 1);
    lines++;
    if (!unit && gap === '\t' && value % 4 === 0) fours++;
    if (nodes >= MAX_NODES) return void left++;
    let node = 0;
    for (const part of partsOf(name)) node = tree.child(node, tree.name(part));
    nodes = Math.max(nodes, node + 1);
    said[node] = (said[node] ?? 0) + value;
  });
  const blocks = lines > 0 && fours === lines;
  const { parent, ...rest } = tree.result();
  const self = new Float64Array(parent.length);
  const inside = new Float64Array(parent.length);
  for (let node = parent.length - 1; node >= 0; node--) {
    const total = Math.max((said[node] ?? 0) * (blocks ? 1024 : 1), inside[node] ?? 0);
    self[node] = total - (inside[node] ?? 0);
    const above = parent[node] ?? 0;
    if (node > 0) inside[above] = (inside[above] ?? 0) + total;
  }
  const notes = [
    ...(blocks ? ['Sizes without a unit are taken for KiB.'] : []),
    ...bad.notes(),
    ...(left > 0 ? [`${count(left)} lines are left out: there are too many.`] : []),
    ...partialReadNotes(read, size),
  ];
  return { stacks: { ...rest, parent, self }, notes };
}

/** The directories of a path and its name. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return (path.startsWith('/') ? ['/', ...parts] : parts).slice(0, MAX_DEPTH);
}
