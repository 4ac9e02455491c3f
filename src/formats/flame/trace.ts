import { numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import { eachObject } from '../../node/kit/json/each-object.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import type { Profiles } from './shared/profile.ts';
import { createTree, type Lane, MAX_DEPTH, MAX_NAME, ownText, type StackTree } from './shared/tree.ts';

/**
 * Chrome traces ("Trace Event Format"): `{"traceEvents":[…]}` or only the list, whose end may be missing. Complete events
 * (`X`) and pairs (`B`, `E`) of each thread become a line of the time line; names of threads and processes come from
 * `M` events; other kinds are counted.
 */

const MAX_SLICES = 1_000_000;
const MAX_THREADS = 100;

interface Slice {
  readonly name: string;
  readonly start: number;
  end: number;
}

interface Thread {
  readonly pid: string;
  readonly tid: string;
  readonly slices: Slice[];
  /** Begun and not ended. */
  readonly open: Slice[];
}

/** @param part it is only the beginning of a file, whose end is not missed */
export function readTrace(path: string, part = false): Profiles {
  const threads = new Map<string, Thread>();
  const names = new Map<string, string>();
  let slices = 0;
  let left = 0;
  const other = new Map<string, number>();
  const end = eachObject(path, 'traceEvents', (value) => {
    const event = objectOf(value);
    const [phase, name] = [textOf(event.ph), textOf(event.name)];
    const key = `${textOf(event.pid)}/${textOf(event.tid)}`;
    if (phase === 'M') {
      const said = textOf(objectOf(event.args).name);
      if (name === 'thread_name') names.set(key, said);
      if (name === 'process_name') names.set(textOf(event.pid), said);
      return;
    }
    if (!['X', 'B', 'E'].includes(phase)) {
      if (other.size < 50 || other.has(phase)) other.set(phase, (other.get(phase) ?? 0) + 1);
      return;
    }
    let thread = threads.get(key);
    if (!thread) {
      if (threads.size >= MAX_THREADS) return void left++;
      thread = { pid: textOf(event.pid), tid: textOf(event.tid), slices: [], open: [] };
      threads.set(key, thread);
    }
    const at = numberOf(event.ts);
    if (phase === 'E') {
      const begun = thread.open.pop();
      if (begun) begun.end = at;
      return;
    }
    if (slices >= MAX_SLICES) return void left++;
    slices++;
    const slice = {
      name: name.length > MAX_NAME ? ownText(name, MAX_NAME) : name,
      start: at,
      end: at + (phase === 'X' ? Math.max(0, numberOf(event.dur)) : 0),
    };
    thread.slices.push(slice);
    if (phase === 'B') thread.open.push(slice);
  });

  const tree = createTree();
  let first = Infinity;
  let last = -Infinity;
  for (const { slices: all } of threads.values())
    for (const slice of all) {
      first = Math.min(first, slice.start);
      last = Math.max(last, slice.end);
    }
  const busiest = [...threads].filter(([, { slices: all }]) => all.length > 0);
  for (const [key, thread] of busiest) {
    // What never ended lasts until the end.
    for (const slice of thread.open) slice.end = last;
    const process = names.get(thread.pid);
    const label = `${names.get(key) ?? 'thread'} ${thread.tid}${process ? ` (${process} ${thread.pid})` : ''}`;
    addThread(tree, label, thread.slices, first);
  }
  const kinds = [...other].map(([phase, n]) => `${count(n)} of kind ${phase || '?'}`).join(', ');
  return {
    format: 'Chrome trace',
    profiles: [{ name: 'all', unit: 'microseconds', stacks: tree.result() }],
    notes: [
      ...(end.problem && !(part && end.isTruncated) ? [end.problem] : []),
      ...(left > 0 ? [`${count(left)} events are left out: there are too many.`] : []),
      ...(kinds ? [`Events that have no place here: ${kinds}.`] : []),
    ],
    timeline: true,
  };
}

/** Nests the slices of a thread by their times. One that ends after what it began in is cut there. */
function addThread(tree: StackTree, label: string, slices: Slice[], first: number): void {
  slices.sort((a, b) => a.start - b.start || b.end - a.end);
  const open: Slice[] = [];
  let lane: Lane | undefined;
  let now = 0;
  const until = (time: number): void => {
    if (!lane || time <= now) return;
    let node = tree.child(0, tree.name(label));
    for (const slice of open) node = tree.child(node, tree.name(slice.name));
    tree.add(node, time - now, lane);
    tree.prune();
    now = time;
  };
  for (const slice of slices) {
    if (!lane) {
      lane = tree.lane(slice.start - first);
      now = slice.start;
    }
    for (let top = open.at(-1); top && top.end <= slice.start; top = open.at(-1)) {
      until(top.end);
      open.pop();
    }
    until(slice.start);
    const above = open.at(-1);
    if (open.length < MAX_DEPTH - 1) open.push(above && slice.end > above.end ? { ...slice, end: above.end } : slice);
  }
  for (let top = open.at(-1); top; top = open.at(-1)) {
    until(top.end);
    open.pop();
  }
}
