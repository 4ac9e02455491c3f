import type { ProfileFacts } from '../shared/facts.ts';

/** Where the frames of a profile stand. Used by the page's script; knows nothing of the page. */

export interface Frame {
  /** The node: its place by fours in `nodes`. */
  readonly node: number;
  /** In the profile's unit, from the left. */
  readonly x: number;
  width: number;
}

/** Rows of frames from the outermost inwards, each from left to right, and what the whole is wide. */
export interface Layout {
  readonly rows: readonly (readonly Frame[])[];
  readonly width: number;
}

/** Parents of the nodes, by their places; the root's is -1. */
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

/** Same stacks in one place, the heavier to the left. */
export function mergedLayout({ nodes }: ProfileFacts): Layout {
  const rows: Frame[][] = [];
  // Where the next child of the node that is open at each depth begins.
  const next: number[] = [0];
  for (let at = 0; at < nodes.length; at += 4) {
    const [depth = 0, width = 0] = [nodes[at + 1], nodes[at + 2]];
    const x = next[depth] ?? 0;
    rows[depth] ??= [];
    rows[depth]?.push({ node: at / 4, x, width });
    next[depth] = x + width;
    next[depth + 1] = x;
  }
  return { rows, width: nodes[2] ?? 0 };
}

/** Each time line below the other, in the order of time; what goes on from one run to the next is one frame. */
export function timeLayout(profile: ProfileFacts): Layout {
  const parents = parentsOf(profile);
  const rows: Frame[][] = [];
  let base = 0;
  let width = 0;
  for (const lane of profile.lanes) {
    let x = lane[0] ?? 0;
    let deepest = 0;
    const open: Frame[] = [];
    for (let i = 1; i < lane.length; i += 2) {
      const [node = 0, weight = 0] = [lane[i], lane[i + 1]];
      const path: number[] = [];
      for (let at = node; at > 0; at = parents[at] ?? -1) path.unshift(at);
      let same = 0;
      while (same < open.length && open[same]?.node === path[same]) same++;
      open.length = same;
      for (const step of path.slice(same)) {
        const frame: Frame = { node: step, x, width: 0 };
        const row = base + open.length;
        rows[row] ??= [];
        rows[row]?.push(frame);
        open.push(frame);
      }
      deepest = Math.max(deepest, open.length);
      x += weight;
      for (const frame of open) frame.width = x - frame.x;
    }
    width = Math.max(width, x);
    base += deepest;
  }
  return { rows: Array.from(rows, (row) => row ?? []), width };
}

/** The frame of a row at a place, if there is one. */
export function frameAt(row: readonly Frame[] | undefined, x: number): Frame | undefined {
  const frame = row?.[firstAfter(row, x) - 1];
  return frame && x < frame.x + frame.width ? frame : undefined;
}

/** The first frame of a row that begins behind a place. */
export function firstAfter(row: readonly Frame[], x: number): number {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((row[middle]?.x ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How much of the profile is in nodes with these names, each part of it counted once. */
export function matchedWeight(profile: ProfileFacts, matches: (name: number) => boolean): number {
  const { nodes } = profile;
  let sum = 0;
  let inside = Infinity;
  for (let at = 0; at < nodes.length; at += 4) {
    const depth = nodes[at + 1] ?? 0;
    if (depth > inside) continue;
    inside = Infinity;
    if (!matches(nodes[at] ?? 0)) continue;
    sum += nodes[at + 2] ?? 0;
    inside = depth;
  }
  return sum;
}
