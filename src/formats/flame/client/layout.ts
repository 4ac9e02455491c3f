import type { ProfileFacts } from '../shared/facts.ts';

/** Computes the positions of the frames of a profile, independently of the page. */

export interface Frame {
  /** Index of the node: its data begins at `4 * node` in `nodes`. */
  readonly node: number;
  /** Position and width in the profile's unit. */
  readonly x: number;
  width: number;
}

/** Rows of frames, the outermost first, each from left to right, and the total width. */
export interface Layout {
  readonly rows: readonly (readonly Frame[])[];
  readonly width: number;
}

/** The parent of each node; -1 for the root. */
export function parentsOf({ nodes }: ProfileFacts): Int32Array {
  const parents = new Int32Array(nodes.length / 4).fill(-1);
  const path: number[] = [];
  for (let node = 0; node < parents.length; node++) {
    const depth = nodes[node * 4 + 1] ?? 0;
    if (depth > 0) parents[node] = path[depth - 1] ?? 0;
    path[depth] = node;
  }
  return parents;
}

/** Merges equal stacks, the heaviest to the left. */
export function mergedLayout({ nodes }: ProfileFacts): Layout {
  const rows: Frame[][] = [];
  // For each depth, the position of the next child of the current node.
  const nextX: number[] = [0];
  for (let offset = 0; offset < nodes.length; offset += 4) {
    const [depth = 0, width = 0] = [nodes[offset + 1], nodes[offset + 2]];
    const x = nextX[depth] ?? 0;
    rows[depth] ??= [];
    rows[depth]?.push({ node: offset / 4, x, width });
    nextX[depth] = x + width;
    nextX[depth + 1] = x;
  }
  return { rows, width: nodes[2] ?? 0 };
}

/** Time lines, one below the other, in order of time. Equal frames of adjacent runs are merged. */
export function timeLayout(profile: ProfileFacts): Layout {
  const parents = parentsOf(profile);
  const rows: Frame[][] = [];
  let firstRow = 0;
  let width = 0;
  for (const lane of profile.lanes) {
    let x = lane[0] ?? 0;
    let deepest = 0;
    const open: Frame[] = [];
    for (let i = 1; i < lane.length; i += 2) {
      const [node = 0, weight = 0] = [lane[i], lane[i + 1]];
      const path: number[] = [];
      for (let ancestor = node; ancestor > 0; ancestor = parents[ancestor] ?? -1) path.unshift(ancestor);
      let commonDepth = 0;
      while (commonDepth < open.length && open[commonDepth]?.node === path[commonDepth]) commonDepth++;
      open.length = commonDepth;
      for (const step of path.slice(commonDepth)) {
        const frame: Frame = { node: step, x, width: 0 };
        const row = firstRow + open.length;
        rows[row] ??= [];
        rows[row]?.push(frame);
        open.push(frame);
      }
      deepest = Math.max(deepest, open.length);
      x += weight;
      for (const frame of open) frame.width = x - frame.x;
    }
    width = Math.max(width, x);
    firstRow += deepest;
  }
  return { rows: Array.from(rows, (row) => row ?? []), width };
}

/** The frame of a row at a position. */
export function frameAt(row: readonly Frame[] | undefined, x: number): Frame | undefined {
  const frame = row?.[firstAfter(row, x) - 1];
  return frame && x < frame.x + frame.width ? frame : undefined;
}

/** The index of the first frame of a row that begins after a position. */
export function firstAfter(row: readonly Frame[], x: number): number {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((row[middle]?.x ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The weight of all nodes with matching names; nested matches are counted once. */
export function matchedWeight(profile: ProfileFacts, matches: (name: number) => boolean): number {
  const { nodes } = profile;
  let weight = 0;
  let matchedDepth = Infinity;
  for (let offset = 0; offset < nodes.length; offset += 4) {
    const depth = nodes[offset + 1] ?? 0;
    if (depth > matchedDepth) continue;
    matchedDepth = Infinity;
    if (!matches(nodes[offset] ?? 0)) continue;
    weight += nodes[offset + 2] ?? 0;
    matchedDepth = depth;
  }
  return weight;
}
