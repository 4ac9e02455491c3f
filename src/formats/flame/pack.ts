import type { FlameFacts, ProfileFacts } from './shared/facts.ts';
import type { Profile } from './shared/profile.ts';
import { markHeaviest, type Stacks, totalsOf } from './shared/stack-tree.ts';

/** Number of functions in the list below the graph. */
const MAX_TOP = 15;

/**
 * Packs the heaviest nodes of profiles for the page's script.
 * @param limits number of nodes, and number of runs of time lines, of all profiles together
 */
export function pack(
  profiles: readonly Profile[],
  limits: { readonly nodes: number; readonly runs: number },
): Pick<FlameFacts, 'names' | 'profiles'> & { readonly isComplete: boolean } {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const nameNumber = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    names.push(name);
    return names.length - 1;
  };
  let isComplete = true;
  const packed = profiles.map(({ name, unit, stacks }): ProfileFacts => {
    const totals = totalsOf(stacks.parent, stacks.self);
    const maxNodes = Math.max(20, Math.floor(limits.nodes / profiles.length));
    const maxRuns = Math.max(20, Math.floor(limits.runs / profiles.length / Math.max(1, stacks.lanes.length)));
    isComplete &&= stacks.parent.length <= maxNodes && stacks.lanes.every((lane) => lane.nodes.length <= maxRuns);
    const marks = markHeaviest(totals, maxNodes);
    const { nodes, packedIndex } = preorder(stacks, totals, marks, nameNumber);
    const lanes = stacks.lanes.map((lane) => [
      round(lane.start),
      ...reduceRuns(lane.nodes, lane.weights, maxRuns, packedIndex),
    ]);
    return { name, unit, nodes, lanes, top: topOf(stacks, totals) };
  });
  return { names, profiles: packed, isComplete: isComplete };
}

/** Nodes in the form of `ProfileFacts`, and for each node of the tree the index of the packed node that shows it. */
function preorder(
  { name, parent, names, self }: Stacks,
  totals: Float64Array,
  marks: Uint8Array,
  nameNumber: (name: string) => number,
): { nodes: number[]; packedIndex: Int32Array } {
  const order = [...marks.keys()].filter((node) => node > 0 && marks[node] === 1 && (totals[node] ?? 0) > 0);
  order.sort((a, b) => (totals[a] ?? 0) - (totals[b] ?? 0) || b - a);
  const [first, next] = [new Int32Array(parent.length), new Int32Array(parent.length)];
  for (const node of order) {
    const parentNode = parent[node] ?? 0;
    next[node] = first[parentNode] ?? 0;
    first[parentNode] = node;
  }
  const nodes: number[] = [];
  const packedIndex = new Int32Array(parent.length).fill(-1);
  let [node, depth] = [0, 0];
  for (;;) {
    packedIndex[node] = nodes.length / 4;
    nodes.push(nameNumber(names[name[node] ?? 0] ?? ''), depth, round(totals[node] ?? 0), round(self[node] ?? 0));
    if (first[node]) {
      node = first[node] ?? 0;
      depth++;
      continue;
    }
    while (node > 0 && !next[node]) {
      node = parent[node] ?? 0;
      depth--;
    }
    if (node === 0) break;
    node = next[node] ?? 0;
  }
  // An omitted node is shown as its caller.
  for (let i = 1; i < parent.length; i++) if (packedIndex[i] === -1) packedIndex[i] = packedIndex[parent[i] ?? 0] ?? 0;
  return { nodes, packedIndex };
}

/** Reduces a time line to at most `maxRuns` runs; the longest of several adjacent runs represents them. */
function reduceRuns(
  nodes: readonly number[],
  weights: readonly number[],
  maxRuns: number,
  packedIndex: Int32Array,
): number[] {
  const runs: number[] = [];
  const step = Math.ceil(nodes.length / maxRuns);
  for (let i = 0; i < nodes.length; i += step) {
    let [best, sum] = [i, 0];
    for (let j = i; j < Math.min(i + step, nodes.length); j++) {
      sum += weights[j] ?? 0;
      if ((weights[j] ?? 0) > (weights[best] ?? 0)) best = j;
    }
    const node = packedIndex[nodes[best] ?? 0] ?? 0;
    const last = runs.length - 2;
    if (last >= 0 && runs[last] === node) runs[last + 1] = round((runs[last + 1] ?? 0) + sum);
    else runs.push(node, round(sum));
  }
  return runs;
}

/** The functions with the largest self weight. The total of a recursive function counts each stack once. */
function topOf({ name, parent, names, self }: Stacks, totals: Float64Array): [string, number, number][] {
  const selfWeights = new Float64Array(names.length);
  const totalWeights = new Float64Array(names.length);
  for (let node = 1; node < parent.length; node++) {
    const nameIndex = name[node] ?? 0;
    selfWeights[nameIndex] = (selfWeights[nameIndex] ?? 0) + (self[node] ?? 0);
    let parentNode = parent[node] ?? 0;
    while (parentNode > 0 && name[parentNode] !== nameIndex) parentNode = parent[parentNode] ?? 0;
    if (parentNode === 0) totalWeights[nameIndex] = (totalWeights[nameIndex] ?? 0) + (totals[node] ?? 0);
  }
  return [...selfWeights.keys()]
    .filter((nameIndex) => (selfWeights[nameIndex] ?? 0) > 0)
    .sort((a, b) => (selfWeights[b] ?? 0) - (selfWeights[a] ?? 0))
    .slice(0, MAX_TOP)
    .map((nameIndex) => [
      names[nameIndex] ?? '',
      round(selfWeights[nameIndex] ?? 0),
      round(totalWeights[nameIndex] ?? 0),
    ]);
}

/** Seven significant digits: enough for the page. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
