/** Aggregates samples into a tree of stacks, in bounded memory. */

/** A time line, for instance of a thread: `nodes[i]` ran for `weights[i]`. */
export interface Lane {
  /** Start, in the tree's unit. */
  readonly start: number;
  nodes: number[];
  weights: number[];
}

/** Nodes and names are numbers. A parent has a smaller number than its children; the root is 0 and has no name. */
export interface StackTree {
  /** The number of a name, which is added if it is new. */
  name(text: string): number;
  /** The child of a node with a name, which is added if it is new. */
  child(parent: number, name: number): number;
  /** Adds to the self weight of a node and, if given, to the end of a time line. */
  add(node: number, weight: number, lane?: Lane): void;
  /** Adds one sample to a node, apart from its weight, and to the end of a time line. */
  count(node: number, lane?: Lane): void;
  /** Adds a time line. */
  lane(start: number): Lane;
  /** Changes whenever `prune` has renumbered names and nodes. */
  readonly generation: number;
  /**
   * Call between samples. If the tree is too large, removes its smallest nodes and adds their weight to their parents.
   */
  prune(): void;
  /** The current stacks. */
  result(): Stacks;
}

export interface Stacks {
  readonly names: readonly string[];
  /** For each node: its name, its parent and its self weight (without its children). */
  readonly name: Int32Array;
  readonly parent: Int32Array;
  readonly self: Float64Array;
  /** For each node, the number of its samples (without its children). */
  readonly counts: Float64Array;
  readonly lanes: readonly Lane[];
  /** Number of nodes removed by `prune`. */
  readonly dropped: number;
}

/** Limits: nodes in memory, depth of a stack, runs of a time line, number of time lines. */
const MAX_NODES = 500_000;
export const MAX_DEPTH = 500;
const MAX_RUNS = 20_000;
const MAX_LANES = 200;
/** Longest name, characters. */
export const MAX_NAME = 400;

/** Creates an empty tree. @param maxNodes number of nodes above which `prune` removes some */
export function createTree(maxNodes = MAX_NODES): StackTree {
  let names: string[] = [''];
  let numberOfName = new Map<string, number>([['', 0]]);
  let size = 1;
  let name = new Int32Array(1024);
  let parent = new Int32Array(1024);
  let self = new Float64Array(1024);
  let counts = new Float64Array(1024);
  let table = new Int32Array(4096);
  const lanes: Lane[] = [];
  let generation = 0;
  let dropped = 0;

  /** The slot of a node in the hash table, or the free slot for it. */
  function findSlot(parentNode: number, nameNumber: number): number {
    const mask = table.length - 1;
    let slot = (Math.imul(parentNode, 0x9e3779b1) ^ Math.imul(nameNumber, 0x85ebca6b)) >>> 0;
    for (slot = (slot ^ (slot >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const node = table[slot] ?? 0;
      if (node === 0 || (parent[node] === parentNode && name[node] === nameNumber)) return slot;
    }
  }

  function rebuildTable(): void {
    table = new Int32Array(Math.max(4096, 2 ** Math.ceil(Math.log2(size * 3))));
    for (let node = 1; node < size; node++) table[findSlot(parent[node] ?? 0, name[node] ?? 0)] = node;
  }

  function grow(): void {
    name = copyInto(name, new Int32Array(size * 2));
    parent = copyInto(parent, new Int32Array(size * 2));
    self = copyInto(self, new Float64Array(size * 2));
    counts = copyInto(counts, new Float64Array(size * 2));
  }

  function keepLargest(): void {
    const totals = totalsOf(parent.subarray(0, size), self);
    const keptMarks = markHeaviest(totals, Math.floor(maxNodes / 4));
    const oldNames = names;
    const renamed = new Int32Array(oldNames.length).fill(-1);
    const old = { name, parent, self, counts, size };
    // The new number of each node, or of its nearest ancestor that stays.
    const newNode = new Int32Array(old.size);
    names = [''];
    numberOfName = new Map([['', 0]]);
    size = 0;
    for (let node = 0; node < old.size; node++) {
      const parentNode = newNode[old.parent[node] ?? 0] ?? 0;
      if (keptMarks[node] === 0 && node > 0) {
        newNode[node] = parentNode;
        self[parentNode] = (self[parentNode] ?? 0) + (old.self[node] ?? 0);
        counts[parentNode] = (counts[parentNode] ?? 0) + (old.counts[node] ?? 0);
        dropped++;
        continue;
      }
      newNode[node] = size;
      const nameNumber = old.name[node] ?? 0;
      if (renamed[nameNumber] === -1) renamed[nameNumber] = number(oldNames[nameNumber] ?? '');
      name[size] = renamed[nameNumber] ?? 0;
      parent[size] = parentNode;
      self[size] = old.self[node] ?? 0;
      counts[size] = old.counts[node] ?? 0;
      size++;
    }
    for (const lane of lanes) lane.nodes = lane.nodes.map((node) => newNode[node] ?? 0);
    rebuildTable();
    generation++;
  }

  function number(text: string): number {
    const short = text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
    const existing = numberOfName.get(short);
    if (existing !== undefined) return existing;
    const nameNumber = copyText(short);
    numberOfName.set(nameNumber, names.length);
    names.push(nameNumber);
    return names.length - 1;
  }

  return {
    name: number,
    child(parentNode, nameNumber) {
      const slot = findSlot(parentNode, nameNumber);
      const existing = table[slot] ?? 0;
      if (existing > 0) return existing;
      if (size === name.length) grow();
      name[size] = nameNumber;
      parent[size] = parentNode;
      self[size] = 0;
      counts[size] = 0;
      table[slot] = size++;
      if (size * 2 > table.length) rebuildTable();
      return size - 1;
    },
    add(node, weight, lane) {
      self[node] = (self[node] ?? 0) + weight;
      if (lane) extendLane(lane, node, weight);
    },
    count(node, lane) {
      counts[node] = (counts[node] ?? 0) + 1;
      if (lane) extendLane(lane, node, 1);
    },
    lane(start) {
      const lane = { start, nodes: [], weights: [] };
      if (lanes.length < MAX_LANES) lanes.push(lane);
      return lane;
    },
    get generation() {
      return generation;
    },
    prune() {
      // Long lists of names need memory too, even on few nodes.
      if (size > maxNodes || names.length > 4 * maxNodes) keepLargest();
    },
    result: () => ({
      names,
      name: name.subarray(0, size),
      parent: parent.subarray(0, size),
      self: self.subarray(0, size),
      counts: counts.subarray(0, size),
      lanes,
      dropped,
    }),
  };
}

/** Copies a text, so that a substring does not keep the string that it was taken from in memory. */
export function copyText(text: string, maxLength = text.length): string {
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, maxLength)));
}

/** The total weight of each node: its self weight and that of its descendants. */
export function totalsOf(parent: Int32Array, self: Float64Array): Float64Array {
  const totals = self.slice(0, parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    const parentNode = parent[node] ?? 0;
    totals[parentNode] = (totals[parentNode] ?? 0) + (totals[node] ?? 0);
  }
  return totals;
}

/** Marks the `count` heaviest nodes with 1. Parents are at least as heavy and come first, so they are marked too. */
export function markHeaviest(totals: Float64Array, count: number): Uint8Array {
  const marks = new Uint8Array(totals.length);
  if (count >= totals.length) return marks.fill(1);
  const threshold = totals.slice().sort()[totals.length - count] ?? 0;
  let atThreshold = count;
  for (const total of totals) if (total > threshold) atThreshold--;
  for (let node = 0; node < totals.length; node++) {
    const total = totals[node] ?? 0;
    if (total > threshold) marks[node] = 1;
    else if (total === threshold && atThreshold-- > 0) marks[node] = 1;
  }
  return marks;
}

function extendLane(lane: Lane, node: number, weight: number): void {
  const last = lane.nodes.length - 1;
  if (lane.nodes[last] === node) {
    lane.weights[last] = (lane.weights[last] ?? 0) + weight;
    return;
  }
  lane.nodes.push(node);
  lane.weights.push(weight);
  if (lane.nodes.length > MAX_RUNS) halveRuns(lane);
}

/** Halves the number of runs: the heavier of two adjacent runs represents both. */
function halveRuns(lane: Lane): void {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < lane.nodes.length; i += 2) {
    const [a = 0, b = 0] = [lane.weights[i], lane.weights[i + 1]];
    nodes.push((a >= b ? lane.nodes[i] : lane.nodes[i + 1]) ?? 0);
    weights.push(a + b);
  }
  lane.nodes = nodes;
  lane.weights = weights;
}

function copyInto<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
