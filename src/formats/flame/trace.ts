import { numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import { eachObject } from '../../node/kit/json/each-object.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import type { Profiles } from './shared/profile.ts';
import { copyText, createTree, type Lane, MAX_DEPTH, MAX_NAME, type StackTree } from './shared/stack-tree.ts';

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
  /** Slices whose end event has not been read. */
  readonly open: Slice[];
}

/**
 * Reads a Chrome trace ("Trace Event Format"): `{"traceEvents":[…]}` or only the list, whose end may be missing. Complete
 * events (`X`) and pairs (`B`, `E`) become one time line per thread. `M` events name threads and processes. Other events
 * are counted.
 * @param part whether this is only the beginning of a file, whose missing end is not reported
 */
export function readTrace(path: string, part = false): Profiles {
  const threads = new Map<string, Thread>();
  const names = new Map<string, string>();
  let slices = 0;
  let omitted = 0;
  /** End events without a beginning. */
  let ends = 0;
  const otherEvents = new Map<string, number>();
  const end = eachObject(path, 'traceEvents', (value) => {
    const event = objectOf(value);
    const [phase, name] = [textOf(event.ph), textOf(event.name)];
    const key = `${textOf(event.pid)}/${textOf(event.tid)}`;
    if (phase === 'M') {
      const label = textOf(objectOf(event.args).name);
      if (name === 'thread_name') names.set(key, label);
      if (name === 'process_name') names.set(textOf(event.pid), label);
      return;
    }
    if (!['X', 'B', 'E'].includes(phase)) {
      if (otherEvents.size < 50 || otherEvents.has(phase)) otherEvents.set(phase, (otherEvents.get(phase) ?? 0) + 1);
      return;
    }
    let thread = threads.get(key);
    if (!thread) {
      if (threads.size >= MAX_THREADS) return void omitted++;
      thread = { pid: textOf(event.pid), tid: textOf(event.tid), slices: [], open: [] };
      threads.set(key, thread);
    }
    const time = microseconds(event.ts);
    if (phase === 'E') {
      const slice = thread.open.pop();
      if (slice) slice.end = time;
      else ends++;
      return;
    }
    if (slices >= MAX_SLICES) return void omitted++;
    slices++;
    const slice = {
      name: name.length > MAX_NAME ? copyText(name, MAX_NAME) : name,
      start: time,
      end: time + (phase === 'X' ? Math.max(0, microseconds(event.dur)) : 0),
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
  let unended = 0;
  const nonEmpty = [...threads].filter(([, { slices: all }]) => all.length > 0);
  for (const [key, thread] of nonEmpty) {
    // Slices without an end event last until the end of the trace.
    for (const slice of thread.open) slice.end = last;
    unended += thread.open.length;
    const process = names.get(thread.pid);
    const label = `${names.get(key) ?? 'thread'} ${thread.tid}${process ? ` (${process} ${thread.pid})` : ''}`;
    addThread(tree, label, thread.slices, first);
  }
  const kinds = [...otherEvents]
    .map(([phase, eventCount]) => `${count(eventCount)} of kind ${phase || '?'}`)
    .join(', ');
  return {
    format: 'Chrome trace',
    profiles: [{ name: 'all', unit: 'microseconds', stacks: tree.result() }],
    notes: [
      ...(end.problem && !(part && end.isTruncated) ? [end.problem] : []),
      ...(omitted > 0 ? [`${count(omitted)} events are left out: there are too many.`] : []),
      ...(unended > 0 ? [`Slices without an end, shown until the end of the trace: ${count(unended)}.`] : []),
      ...(ends > 0 ? [`Ends of slices that have no beginning, left out: ${count(ends)}.`] : []),
      ...(kinds ? [`Events that are not shown: ${kinds}.`] : []),
    ],
    timeline: true,
  };
}

/** A time in a trace. Some programs write it as text. */
function microseconds(value: unknown): number {
  return numberOf(typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
}

/** Nests the slices of a thread by time. A slice that ends after its parent is cut off at the parent's end. */
function addThread(tree: StackTree, label: string, slices: Slice[], first: number): void {
  slices.sort((a, b) => a.start - b.start || b.end - a.end);
  const open: Slice[] = [];
  let lane: Lane | undefined;
  let currentTime = 0;
  const advanceTo = (time: number): void => {
    if (!lane || time <= currentTime) return;
    let node = tree.child(0, tree.name(label));
    for (const slice of open) node = tree.child(node, tree.name(slice.name));
    tree.add(node, time - currentTime, lane);
    tree.prune();
    currentTime = time;
  };
  for (const slice of slices) {
    if (!lane) {
      lane = tree.lane(slice.start - first);
      currentTime = slice.start;
    }
    for (let top = open.at(-1); top && top.end <= slice.start; top = open.at(-1)) {
      advanceTo(top.end);
      open.pop();
    }
    advanceTo(slice.start);
    const parent = open.at(-1);
    if (open.length < MAX_DEPTH - 1)
      open.push(parent && slice.end > parent.end ? { ...slice, end: parent.end } : slice);
  }
  for (let top = open.at(-1); top; top = open.at(-1)) {
    advanceTo(top.end);
    open.pop();
  }
}
