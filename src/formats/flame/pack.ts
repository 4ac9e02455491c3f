import type { FlameFacts, ProfileFacts } from './shared/facts.ts';
import type { Profile } from './shared/profile.ts';
import { largest, type Stacks, totalsOf } from './shared/tree.ts';

/** Functions in the list below the graph. */
const TOP = 15;

/**
 * The heaviest nodes of some profiles, as the page's script takes them.
 * @param limits how many nodes, and how many runs of time lines, all profiles have together
 */
export function pack(
  profiles: readonly Profile[],
  limits: { readonly nodes: number; readonly runs: number },
): Pick<FlameFacts, 'names' | 'profiles'> & { readonly whole: boolean } {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const number = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    names.push(name);
    return names.length - 1;
  };
  let whole = true;
  const packed = profiles.map(({ name, unit, stacks }): ProfileFacts => {
    const totals = totalsOf(stacks.parent, stacks.self);
    const keep = Math.max(20, Math.floor(limits.nodes / profiles.length));
    const runs = Math.max(20, Math.floor(limits.runs / profiles.length / Math.max(1, stacks.lanes.length)));
    whole &&= stacks.parent.length <= keep && stacks.lanes.every((lane) => lane.nodes.length <= runs);
    const kept = largest(totals, keep);
    const { nodes, places } = preorder(stacks, totals, kept, number);
    const lanes = stacks.lanes.map((lane) => [round(lane.start), ...shorter(lane.nodes, lane.weights, runs, places)]);
    return { name, unit, nodes, lanes, top: topOf(stacks, totals) };
  });
  return { names, profiles: packed, whole };
}

/** Four numbers a node, parents first, heavier children first; and where each node of the tree has gone. */
function preorder(
  { name, parent, names, self }: Stacks,
  totals: Float64Array,
  kept: Uint8Array,
  number: (name: string) => number,
): { nodes: number[]; places: Int32Array } {
  const order = [...kept.keys()].filter((node) => node > 0 && kept[node] === 1 && (totals[node] ?? 0) > 0);
  order.sort((a, b) => (totals[a] ?? 0) - (totals[b] ?? 0) || b - a);
  const [first, next] = [new Int32Array(parent.length), new Int32Array(parent.length)];
  for (const node of order) {
    const above = parent[node] ?? 0;
    next[node] = first[above] ?? 0;
    first[above] = node;
  }
  const nodes: number[] = [];
  const places = new Int32Array(parent.length).fill(-1);
  let [node, depth] = [0, 0];
  for (;;) {
    places[node] = nodes.length / 4;
    nodes.push(number(names[name[node] ?? 0] ?? ''), depth, round(totals[node] ?? 0), round(self[node] ?? 0));
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
  // What was left out is shown as what it was called by.
  for (let i = 1; i < parent.length; i++) if (places[i] === -1) places[i] = places[parent[i] ?? 0] ?? 0;
  return { nodes, places };
}

/** At most `most` runs: where there are more, the longest of several neighbours stands for all of them. */
function shorter(nodes: readonly number[], weights: readonly number[], most: number, places: Int32Array): number[] {
  const runs: number[] = [];
  const step = Math.ceil(nodes.length / most);
  for (let i = 0; i < nodes.length; i += step) {
    let [best, sum] = [i, 0];
    for (let j = i; j < Math.min(i + step, nodes.length); j++) {
      sum += weights[j] ?? 0;
      if ((weights[j] ?? 0) > (weights[best] ?? 0)) best = j;
    }
    const place = places[nodes[best] ?? 0] ?? 0;
    const last = runs.length - 2;
    if (last >= 0 && runs[last] === place) runs[last + 1] = round((runs[last + 1] ?? 0) + sum);
    else runs.push(place, round(sum));
  }
  return runs;
}

/** The functions with the largest weight of their own. What calls itself counts once. */
function topOf({ name, parent, names, self }: Stacks, totals: Float64Array): [string, number, number][] {
  const own = new Float64Array(names.length);
  const all = new Float64Array(names.length);
  for (let node = 1; node < parent.length; node++) {
    const word = name[node] ?? 0;
    own[word] = (own[word] ?? 0) + (self[node] ?? 0);
    let above = parent[node] ?? 0;
    while (above > 0 && name[above] !== word) above = parent[above] ?? 0;
    if (above === 0) all[word] = (all[word] ?? 0) + (totals[node] ?? 0);
  }
  return [...own.keys()]
    .filter((word) => (own[word] ?? 0) > 0)
    .sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0))
    .slice(0, TOP)
    .map((word) => [names[word] ?? '', round(own[word] ?? 0), round(all[word] ?? 0)]);
}

/** Enough digits to see, and no more. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
