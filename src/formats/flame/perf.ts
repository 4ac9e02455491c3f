import { badLines, partialReadNotes } from '../../node/kit/text/bad-lines.ts';
import { eachLine } from '../../node/kit/text/each-line.ts';
import { count } from '../../shared/kit/text/numbers.ts';
import { createFrameNumbers, type FrameNumbers } from './frame-numbers.ts';
import type { Profile, Profiles } from './shared/profile.ts';
import { createTree, type Lane, MAX_DEPTH, type StackTree } from './shared/stack-tree.ts';

const MAX_EVENTS = 20;
/**
 * The first line of a sample: `comm pid[/tid] [cpu] time: period event: …`. The command may contain spaces and numbers, so
 * lines with a time are matched by it. Only the first characters are matched, because matching takes quadratic time.
 */
const TIMED_SAMPLE = /^(\S.*?)\s+\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s+(?:(\d+)\s+)?(\S+?):+(?:\s+(.*))?$/;
const SAMPLE = /^(\S.*?)\s+\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:(\d+)\s+)?(\S+?):+(?:\s+(.*))?$/;
const MAX_SAMPLE = 2000;

interface Event {
  readonly tree: StackTree;
  /** The time lines, one weighted by period, one by samples. */
  readonly periodLane: Lane;
  readonly sampleLane: Lane;
  readonly frameNumbers: FrameNumbers;
  generation: number;
  /** The period of the first sample. */
  firstPeriod: number | undefined;
  /** Whether the samples have different periods. */
  hasPeriods: boolean;
}

/**
 * Reads the output of `perf script`. A sample is a line with the command and the event, then the frames, the innermost
 * first, then an empty line. Samples are weighted by their periods, as `perf report` does; a second profile of the event
 * has a weight of 1 per sample. If all periods are equal, it is the only one. As in other flame graphs, kernel functions
 * end with `_[k]` and functions compiled by a JIT with `_[j]`.
 */
export function readPerf(path: string, size: number): Profiles {
  const events = new Map<string, Event>();
  const problemLines = badLines('could not be read');
  /** The current sample: its event, its command and the numbers of its frames. */
  let event: Event | undefined;
  let command = '';
  let period = 1;
  const frames: number[] = [];
  let lineNumber = 0;
  let truncatedStacks = 0;
  let omittedSamples = 0;

  function beginSample(line: string): void {
    const text = line.slice(0, MAX_SAMPLE).trim();
    const sample = TIMED_SAMPLE.exec(text) ?? SAMPLE.exec(text);
    if (!sample) return problemLines.add(lineNumber);
    event = eventOf(sample[3] ?? '');
    if (!event) omittedSamples++;
    command = sample[1] ?? '';
    period = Number(sample[2] ?? 1);
    // Without stacks, the address and its function are on the same line.
    const frameOnLine = /^[0-9a-f]+ (.+ \(.*\))$/.exec(sample[4] ?? '');
    if (!frameOnLine || !event) return;
    frames.push(event.tree.name(frameName(frameOnLine[1] ?? '')));
    finishSample();
  }

  function eventOf(name: string): Event | undefined {
    let found = events.get(name);
    if (!found && events.size < MAX_EVENTS) {
      const tree = createTree();
      found = {
        tree,
        periodLane: tree.lane(0),
        sampleLane: tree.lane(0),
        frameNumbers: createFrameNumbers(),
        generation: 0,
        firstPeriod: undefined,
        hasPeriods: false,
      };
      events.set(name, found);
    }
    return found;
  }

  function addFrame(
    { tree, frameNumbers: known }: Event,
    bytes: Buffer,
    view: DataView,
    from: number,
    to: number,
  ): void {
    // Skip the address, which differs between calls of the same function.
    let offset = from + 1;
    while (bytes[offset] === 32 || bytes[offset] === 9) offset++;
    if (offset >= to) return finishSample();
    while (offset < to && bytes[offset] !== 32) offset++;
    if (++offset >= to) return problemLines.add(lineNumber);
    // Bound the memory of a very deep stack: drop its innermost frames.
    if (frames.length >= 4 * MAX_DEPTH) frames.splice(0, MAX_DEPTH);
    frames.push(known.number(view, offset, to, () => tree.name(frameName(bytes.toString('utf8', offset, to)))));
  }

  function finishSample(): void {
    if (event) {
      const { tree, periodLane, sampleLane, frameNumbers: known } = event;
      if (frames.length >= MAX_DEPTH) truncatedStacks++;
      let node = tree.child(0, tree.name(command));
      for (let i = frames.length - 1; i >= Math.max(0, frames.length - MAX_DEPTH); i--)
        node = tree.child(node, frames[i] ?? 0);
      tree.add(node, period, periodLane);
      tree.count(node, sampleLane);
      event.firstPeriod ??= period;
      event.hasPeriods ||= period !== event.firstPeriod;
      tree.prune();
      if (event.generation !== tree.generation) known.clear();
      event.generation = tree.generation;
    }
    event = undefined;
    frames.length = 0;
  }

  /** Reports a frame without a sample, unless its sample may be one that was left out. */
  function unexpected(line: number): void {
    if (events.size < MAX_EVENTS) problemLines.add(line);
  }

  const bytesRead = eachLine(path, (bytes, view, from, to) => {
    lineNumber++;
    const first = bytes[from];
    if (from === to) finishSample();
    else if (event && (first === 9 || first === 32)) addFrame(event, bytes, view, from, to);
    else if (first === 9) unexpected(lineNumber);
    else {
      finishSample();
      if (first !== 35) beginSample(bytes.toString('utf8', from, to));
    }
  });
  finishSample();

  const profiles = [...events].flatMap(([name, event]) => profilesOf(name || 'all', event));
  const omittedNote = `${count(omittedSamples)} samples of further events are left out.`;
  const truncatedNote = `${count(truncatedStacks)} stacks have more than ${MAX_DEPTH} frames and are shown without their innermost ones.`;
  return {
    format: 'perf script',
    profiles,
    notes: [
      ...problemLines.notes(),
      ...(omittedSamples > 0 ? [omittedNote] : []),
      ...(truncatedStacks > 0 ? [truncatedNote] : []),
      ...partialReadNotes(bytesRead, size),
    ],
  };
}

/** The profiles of an event: by period, if the periods differ, and by samples. */
function profilesOf(name: string, { tree, periodLane, sampleLane, hasPeriods }: Event): Profile[] {
  const stacks = tree.result();
  const samples = { ...stacks, self: stacks.counts, lanes: [sampleLane] };
  if (!hasPeriods) return [{ name, unit: 'samples', stacks: samples }];
  // The period of the clock events of perf is in nanoseconds, that of others counts what the event is named for.
  const unit = /^(?:cpu|task)-clock\b/.test(name) ? 'nanoseconds' : 'count';
  return [
    { name: `${name}, by period`, unit, stacks: { ...stacks, lanes: [periodLane] } },
    { name: `${name}, by samples`, unit: 'samples', stacks: samples },
  ];
}

/** The displayed name of `symbol+0x1f (/usr/lib/libc.so.6)`. JIT compilers list their functions in `/tmp/perf-PID.map`. */
function frameName(line: string): string {
  // The kernel names the file of a mapping whose file was removed so.
  const frame = line.replace(/ \(deleted\)\)$/, ')');
  const open = frame.lastIndexOf(' (');
  const module = open < 0 ? '' : frame.slice(open + 2, frame.endsWith(')') ? -1 : undefined);
  const symbol = (open < 0 ? frame : frame.slice(0, open)).replace(/\+0x[0-9a-f]+$/, '').trim();
  const file = module.split('/').pop() || 'unknown';
  const name = symbol === '[unknown]' || symbol === '' ? `[${file.replace(/^\[(.*)\]$/, '$1')}]` : symbol;
  if (/^\[(?:kernel|guest\.kernel)|vmlinux|\.ko\b/.test(module)) return `${name}_[k]`;
  return module.endsWith('.map') ? `${name}_[j]` : name;
}
