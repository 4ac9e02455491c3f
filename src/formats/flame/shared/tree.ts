/** Samples folded into a tree of stacks, in bounded memory however many samples and functions there are. */

/** One line of a time line: what ran, in the order of time. `nodes[i]` ran for `weights[i]`. */
export interface Lane {
  /** Where it begins, in the tree's unit. */
  readonly start: number;
  nodes: number[];
  weights: number[];
}

/** A node is a number; a parent's is smaller than its children's. The root is 0 and has no name. */
export interface StackTree {
  /** Number of a name, made when it is new. */
  name(text: string): number;
  /** The node for a name below a node, made when it is new. */
  child(parent: number, name: number): number;
  /** Adds weight to a node itself; and to the end of a lane, where the samples have an order. */
  add(node: number, weight: number, lane?: Lane): void;
  /** A new time line. */
  lane(start: number): Lane;
  /** Changes whenever numbers of names and nodes lose their meaning: to be looked at between samples. */
  readonly generation: number;
  /**
   * To be called between samples: where the tree has become too large, its smallest nodes go, and their weight stays
   * with their parents.
   */
  prune(): void;
  /** What there is now. */
  result(): Stacks;
}

export interface Stacks {
  readonly names: readonly string[];
  /** For each node: its name, its parent and the weight of itself without its children. */
  readonly name: Int32Array;
  readonly parent: Int32Array;
  readonly self: Float64Array;
  readonly lanes: readonly Lane[];
  /** Nodes that were given up for lack of room. */
  readonly dropped: number;
}

/** Nodes that are kept in memory, the longest stack, and the runs of a lane. */
const MAX_NODES = 500_000;
export const MAX_DEPTH = 500;
const MAX_RUNS = 20_000;
const MAX_LANES = 200;
/** Characters of a name. */
export const MAX_NAME = 400;

/** An empty tree. @param maxNodes nodes that are kept */
export function createTree(maxNodes = MAX_NODES): StackTree {
  let names: string[] = [''];
  let numbers = new Map<string, number>([['', 0]]);
  let size = 1;
  let name = new Int32Array(1024);
  let parent = new Int32Array(1024);
  let self = new Float64Array(1024);
  let table = new Int32Array(4096);
  const lanes: Lane[] = [];
  let generation = 0;
  let dropped = 0;

  /** The place of a node in the hash table, or the free one where it belongs. */
  function slot(above: number, word: number): number {
    const mask = table.length - 1;
    let at = (Math.imul(above, 0x9e3779b1) ^ Math.imul(word, 0x85ebca6b)) >>> 0;
    for (at = (at ^ (at >>> 15)) & mask; ; at = (at + 1) & mask) {
      const node = table[at] ?? 0;
      if (node === 0 || (parent[node] === above && name[node] === word)) return at;
    }
  }

  function index(): void {
    table = new Int32Array(Math.max(4096, 2 ** Math.ceil(Math.log2(size * 3))));
    for (let node = 1; node < size; node++) table[slot(parent[node] ?? 0, name[node] ?? 0)] = node;
  }

  function grow(): void {
    name = copied(name, new Int32Array(size * 2));
    parent = copied(parent, new Int32Array(size * 2));
    self = copied(self, new Float64Array(size * 2));
  }

  function keepLargest(): void {
    const totals = totalsOf(parent.subarray(0, size), self);
    const places = largest(totals, Math.floor(maxNodes / 4));
    const words = names;
    const renamed = new Int32Array(words.length).fill(-1);
    const old = { name, parent, self, size };
    // Where each node's weight goes: to itself, or to the nearest one above it that stays.
    const moved = new Int32Array(old.size);
    names = [''];
    numbers = new Map([['', 0]]);
    size = 0;
    for (let node = 0; node < old.size; node++) {
      const above = moved[old.parent[node] ?? 0] ?? 0;
      if (places[node] === 0 && node > 0) {
        moved[node] = above;
        self[above] = (self[above] ?? 0) + (old.self[node] ?? 0);
        dropped++;
        continue;
      }
      moved[node] = size;
      const word = old.name[node] ?? 0;
      if (renamed[word] === -1) renamed[word] = number(words[word] ?? '');
      name[size] = renamed[word] ?? 0;
      parent[size] = above;
      self[size] = old.self[node] ?? 0;
      size++;
    }
    for (const lane of lanes) lane.nodes = lane.nodes.map((node) => moved[node] ?? 0);
    index();
    generation++;
  }

  function number(text: string): number {
    const short = text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
    const known = numbers.get(short);
    if (known !== undefined) return known;
    const word = ownText(short);
    numbers.set(word, names.length);
    names.push(word);
    return names.length - 1;
  }

  return {
    name: number,
    child(above, word) {
      const at = slot(above, word);
      const known = table[at] ?? 0;
      if (known > 0) return known;
      if (size === name.length) grow();
      name[size] = word;
      parent[size] = above;
      self[size] = 0;
      table[at] = size++;
      if (size * 2 > table.length) index();
      return size - 1;
    },
    add(node, weight, lane) {
      self[node] = (self[node] ?? 0) + weight;
      if (!lane) return;
      const last = lane.nodes.length - 1;
      if (lane.nodes[last] === node) lane.weights[last] = (lane.weights[last] ?? 0) + weight;
      else {
        lane.nodes.push(node);
        lane.weights.push(weight);
        if (lane.nodes.length > MAX_RUNS) coarser(lane);
      }
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
      // Many names on few nodes are too many as well.
      if (size > maxNodes || names.length > 4 * maxNodes) keepLargest();
    },
    result: () => ({
      names,
      name: name.subarray(0, size),
      parent: parent.subarray(0, size),
      self: self.subarray(0, size),
      lanes,
      dropped,
    }),
  };
}

/** The same text, at most so many characters of it, which keeps no longer text in memory that it may be a part of. */
export function ownText(text: string, most = text.length): string {
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, most)));
}

/** Weights of nodes with all that is below them. */
export function totalsOf(parent: Int32Array, self: Float64Array): Float64Array {
  const totals = self.slice(0, parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] ?? 0;
    totals[above] = (totals[above] ?? 0) + (totals[node] ?? 0);
  }
  return totals;
}

/** Marks the `count` heaviest nodes with 1. With a node its parent is marked: it is as heavy and comes before it. */
export function largest(totals: Float64Array, count: number): Uint8Array {
  const marks = new Uint8Array(totals.length);
  if (count >= totals.length) return marks.fill(1);
  const least = totals.slice().sort()[totals.length - count] ?? 0;
  let left = count;
  for (const total of totals) if (total > least) left--;
  for (let node = 0; node < totals.length; node++) {
    const total = totals[node] ?? 0;
    if (total > least) marks[node] = 1;
    else if (total === least && left-- > 0) marks[node] = 1;
  }
  return marks;
}

/** Half as many runs: of two neighbours the heavier one stands for both. */
function coarser(lane: Lane): void {
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

function copied<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
