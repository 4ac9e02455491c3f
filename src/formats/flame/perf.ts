import { badLines, partialReadNotes } from '../../node/kit/text/bad-lines.ts';
import { eachLine } from '../../node/kit/text/each-line.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import { createFrameNumbers, type FrameNumbers } from './frames.ts';
import type { Profile, Profiles } from './shared/profile.ts';
import { createTree, type Lane, MAX_DEPTH, type StackTree } from './shared/tree.ts';

const MAX_EVENTS = 20;
/** A sample's first line: `comm pid[/tid] [cpu] time: period event: …`, and how many characters of it are looked at: the time of the pattern grows with their square. */
const SAMPLE = /^(\S.*?)\s+(\d+)(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:[\d.]+:\s+)?(?:\d+\s+)?(\S+?):+(?:\s+(.*))?$/;
const MAX_SAMPLE = 2000;

interface Event {
  readonly tree: StackTree;
  readonly lane: Lane;
  readonly known: FrameNumbers;
  generation: number;
}

/**
 * The output of `perf script`: samples, each a line with the command and the event, then the frames, the innermost
 * first, then an empty line. One profile an event, each sample counted once, as flame graphs do; in kernel functions
 * the frame ends with `_[k]`, in compiled ones of a JIT with `_[j]`.
 */
export function readPerf(path: string, size: number): Profiles {
  const events = new Map<string, Event>();
  const bad = badLines('could not be read');
  /** The sample that is being read: its event, its command and the numbers of its frames. */
  let event: Event | undefined;
  let comm = '';
  const frames: number[] = [];
  let number = 0;
  let deep = 0;
  let others = 0;

  function begin(line: string): void {
    const sample = SAMPLE.exec(line.slice(0, MAX_SAMPLE).trim());
    if (!sample) return bad.add(number);
    event = eventOf(sample[3] ?? '');
    if (!event) others++;
    comm = sample[1] ?? '';
    // Without stacks the address and its function stand on the same line.
    const single = /^[0-9a-f]+ (.+ \(.*\))$/.exec(sample[4] ?? '');
    if (!single || !event) return;
    frames.push(event.tree.name(frameName(single[1] ?? '')));
    finish();
  }

  function eventOf(name: string): Event | undefined {
    let found = events.get(name);
    if (!found && events.size < MAX_EVENTS) {
      const tree = createTree();
      found = { tree, lane: tree.lane(0), known: createFrameNumbers(), generation: 0 };
      events.set(name, found);
    }
    return found;
  }

  function addFrame({ tree, known }: Event, bytes: Buffer, view: DataView, from: number, to: number): void {
    // After the address; it differs where the function does not.
    let at = from + 1;
    while (bytes[at] === 32 || bytes[at] === 9) at++;
    if (at >= to) return finish();
    while (at < to && bytes[at] !== 32) at++;
    if (++at >= to) return bad.add(number);
    // Of a stack deeper than any that is shown the innermost frames are left out.
    if (frames.length >= 4 * MAX_DEPTH) frames.splice(0, MAX_DEPTH);
    frames.push(known.number(view, at, to, () => tree.name(frameName(bytes.toString('utf8', at, to)))));
  }

  function finish(): void {
    if (event) {
      const { tree, lane, known } = event;
      if (frames.length >= MAX_DEPTH) deep++;
      let node = tree.child(0, tree.name(comm));
      for (let i = frames.length - 1; i >= Math.max(0, frames.length - MAX_DEPTH); i--)
        node = tree.child(node, frames[i] ?? 0);
      tree.add(node, 1, lane);
      tree.prune();
      if (event.generation !== tree.generation) known.clear();
      event.generation = tree.generation;
    }
    event = undefined;
    frames.length = 0;
  }

  /** A frame that belongs to no sample, unless to one that is left out. */
  function unexpected(line: number): void {
    if (events.size < MAX_EVENTS) bad.add(line);
  }

  const read = eachLine(path, (bytes, view, from, to) => {
    number++;
    const first = bytes[from];
    if (from === to) finish();
    else if (event && (first === 9 || first === 32)) addFrame(event, bytes, view, from, to);
    else if (first === 9) unexpected(number);
    else {
      finish();
      if (first !== 35) begin(bytes.toString('utf8', from, to));
    }
  });
  finish();

  const profiles = [...events].map(
    ([name, { tree }]): Profile => ({ name: name || 'all', unit: 'samples', stacks: tree.result() }),
  );
  const left = `${count(others)} samples of further events are left out.`;
  const cut = `${count(deep)} stacks have more than ${MAX_DEPTH} frames and are shown without their innermost ones.`;
  return {
    format: 'perf script',
    profiles,
    notes: [...bad.notes(), ...(others > 0 ? [left] : []), ...(deep > 0 ? [cut] : []), ...partialReadNotes(read, size)],
  };
}

/** `symbol+0x1f (/usr/lib/libc.so.6)` as it is shown. What a JIT compiler wrote down for perf is `/tmp/perf-PID.map`. */
function frameName(frame: string): string {
  const open = frame.lastIndexOf(' (');
  const module = open < 0 ? '' : frame.slice(open + 2, frame.endsWith(')') ? -1 : undefined);
  const symbol = (open < 0 ? frame : frame.slice(0, open)).replace(/\+0x[0-9a-f]+$/, '').trim();
  const name = symbol === '[unknown]' || symbol === '' ? `[${module.split('/').pop() || 'unknown'}]` : symbol;
  if (/^\[(?:kernel|guest\.kernel)|vmlinux|\.ko\b/.test(module)) return `${name}_[k]`;
  return module.endsWith('.map') ? `${name}_[j]` : name;
}
