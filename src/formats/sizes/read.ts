import { badLines, partialReadNotes } from '../../node/kit/text/bad-lines.ts';
import { eachLine } from '../../node/kit/text/each-line.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import { createTree, type Stacks } from '../flame/shared/stack-tree.ts';

/** Largest number of files and directories. */
const MAX_NODES = 1_500_000;
const MAX_DEPTH = 200;
const UNITS = 'KMGTPE';

export interface Sizes {
  /** A tree of path components. The self weight of a directory is the part of its size that its children do not cover. */
  readonly stacks: Stacks;
  /** Notes for the user, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads the output of `du`, in any order, and other lines with a size and a path, such as of `find -printf '%s %p\n'`. A
 * directory has the size given for it, or else the sum of its content. The output of `du` does not contain its unit: if
 * all sizes are multiples of four and followed by a tab they are taken for KiB, else for bytes, and a note says so.
 */
export function readSizes(path: string, size: number): Sizes {
  const tree = createTree(Infinity);
  const givenSizes: number[] = [];
  const problemLines = badLines('are not a size and a path');
  let [lineNumber, nodes, omitted, lines, plainSizes, multiplesOfFour] = [0, 1, 0, 0, 0, 0];
  const bytesRead = eachLine(path, (bytes, _view, from, to) => {
    lineNumber++;
    const line = bytes.toString('utf8', from, to);
    const match = /^\s*(\d+(?:[.,]\d+)?)([KMGTPE])?(?:i?B)?(\t| +)(\S.*)$/i.exec(line.slice(0, 8192));
    if (!match) return line.trim() === '' ? undefined : problemLines.add(lineNumber);
    const [, digits = '', unit, gap, name = ''] = match;
    const value = Number(digits.replace(',', '.')) * (unit ? 1024 ** (UNITS.indexOf(unit.toUpperCase()) + 1) : 1);
    lines++;
    if (!unit) plainSizes++;
    if (!unit && gap === '\t' && value % 4 === 0) multiplesOfFour++;
    if (nodes >= MAX_NODES) return void omitted++;
    let node = 0;
    for (const part of partsOf(name)) node = tree.child(node, tree.name(part));
    nodes = Math.max(nodes, node + 1);
    givenSizes[node] = (givenSizes[node] ?? 0) + value;
  });
  const inKiB = lines > 0 && multiplesOfFour === lines;
  const { parent, ...rest } = tree.result();
  const self = new Float64Array(parent.length);
  const contentSizes = new Float64Array(parent.length);
  for (let node = parent.length - 1; node >= 0; node--) {
    const total = Math.max((givenSizes[node] ?? 0) * (inKiB ? 1024 : 1), contentSizes[node] ?? 0);
    self[node] = total - (contentSizes[node] ?? 0);
    const parentNode = parent[node] ?? 0;
    if (node > 0) contentSizes[parentNode] = (contentSizes[parentNode] ?? 0) + total;
  }
  const notes = [
    ...(inKiB ? ['Sizes without a unit are taken for KiB. (On macOS, du counts blocks of 512 bytes.)'] : []),
    ...(plainSizes > 0 && !inKiB ? ['Sizes without a unit are taken for bytes.'] : []),
    ...problemLines.notes(),
    ...(omitted > 0 ? [`${count(omitted)} lines are left out: there are too many.`] : []),
    ...partialReadNotes(bytesRead, size),
  ];
  return { stacks: { ...rest, parent, self }, notes };
}

/** The components of a path. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return (path.startsWith('/') ? ['/', ...parts] : parts).slice(0, MAX_DEPTH);
}
