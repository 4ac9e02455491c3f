import { arrayOf, numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import { baseName, type Profiles } from './shared/profile.ts';
import { createTree, MAX_DEPTH } from './shared/stack-tree.ts';

/**
 * Reads a `.cpuprofile` by V8's profiler or Chromium's DevTools: a tree of functions, and the samples in order with the
 * microseconds between them. The format is `Profiler.Profile` of the DevTools protocol.
 */
export function readCpuProfile(json: unknown): Profiles {
  const profile = objectOf(json);
  const tree = createTree();
  const placed = new Map<number, { node: number; depth: number }>();
  const parents = new Map<number, number>();
  const nodes = arrayOf(profile.nodes).map(objectOf);
  for (const node of nodes) for (const child of arrayOf(node.children)) parents.set(numberOf(child), numberOf(node.id));
  const byId = new Map(nodes.map((node) => [numberOf(node.id), node]));

  /** The node of the stack tree for an id, with its parents. Stops at ids that occur twice, in case they are cyclic. */
  function nodeFor(id: number): number {
    const path: number[] = [];
    const seen = new Set<number>();
    let ancestor: number | undefined = id;
    while (ancestor !== undefined && !placed.has(ancestor) && !seen.has(ancestor)) {
      seen.add(ancestor);
      path.push(ancestor);
      ancestor = parents.get(ancestor);
    }
    let { node, depth } = (ancestor === undefined ? undefined : placed.get(ancestor)) ?? { node: 0, depth: 0 };
    for (const step of path.reverse()) {
      const frame = objectOf(byId.get(step)?.callFrame);
      const name = textOf(frame.functionName);
      if (name !== '(root)' && depth < MAX_DEPTH) {
        const line = numberOf(frame.lineNumber, -1) + 1;
        const file = baseName(textOf(frame.url));
        node = tree.child(node, tree.name(`${name || '(anonymous)'}${file ? ` ${file}:${line}` : ''}`));
        depth++;
      }
      placed.set(step, { node, depth });
    }
    return node;
  }

  const samples = arrayOf(profile.samples);
  const deltas = arrayOf(profile.timeDeltas);
  const lane = tree.lane(0);
  const weights = deltas.length > 0 ? durations(samples.length, deltas, profile) : undefined;
  if (samples.length > 0)
    for (const i of weights?.order ?? samples.keys())
      tree.add(nodeFor(numberOf(samples[i])), weights?.of(i) ?? 1, lane);
  else for (const node of nodes) tree.add(nodeFor(numberOf(node.id)), numberOf(node.hitCount));
  const hasTimes = samples.length > 0 && deltas.length > 0;
  const stacks = tree.result();
  return {
    format: 'V8 CPU profile',
    profiles: [{ name: 'all', unit: hasTimes ? 'microseconds' : 'samples', stacks }],
    notes: [],
  };
}

/**
 * The order of samples by time, and how long each lasts, in microseconds: until the next one, the last one until the end
 * of the profile. A sampling thread may report late, so that `timeDeltas` has negative numbers.
 */
function durations(
  count: number,
  deltas: readonly unknown[],
  { startTime, endTime }: Readonly<Record<string, unknown>>,
): { readonly order: readonly number[]; of(sample: number): number } {
  const times = new Float64Array(count);
  let time = numberOf(startTime);
  for (let i = 0; i < count; i++) {
    time += numberOf(deltas[i]);
    times[i] = time;
  }
  const order = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const lengths = new Float64Array(count);
  for (const [position, sample] of order.entries()) {
    const next = order[position + 1];
    const end = next === undefined ? numberOf(endTime) : (times[next] ?? 0);
    lengths[sample] = Math.max(0, end - (times[sample] ?? 0));
  }
  return { order, of: (sample) => lengths[sample] ?? 0 };
}
