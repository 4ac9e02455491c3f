/**
 * Recordings of terminals by script(1) of util-linux: a typescript, which holds the bytes, and its timing, which says when
 * how many of them came. Two forms of timing: `DELAY BYTES` (`script -t`, `-T`), and with a letter before it and lines of
 * facts (`--log-timing` with `--log-io` or `--logging-format advanced`): scriptreplay(1). Read by the renderer and by the page.
 */
import type { Cast, CastEvent } from './parse.ts';

/** The largest timing that is read, bytes: half a million events. */
export const MAX_TIMING = 8 * 1024 * 1024;
/** What follows the last output in a typescript: its line `Script done on …`. */
const FOOTER = 1024;

export interface Timing {
  /** Output (`o`), input (`i`) and new sizes (`r`, `data` says which) in their order. */
  readonly steps: readonly Step[];
  /** `COMMAND`, `START_TIME`, `COLUMNS` and the like. */
  readonly facts: ReadonlyMap<string, string>;
  /** Bytes of the typescript that it speaks of. */
  readonly bytes: number;
  /** Seconds from the first to the last event. */
  readonly duration: number;
  readonly bad?: Cast['bad'];
}

interface Step {
  readonly code: 'o' | 'i' | 'r';
  /** Seconds from the beginning. */
  readonly time: number;
  readonly bytes: number;
  readonly data?: string;
}

/** Whether a file begins as script(1) lets its typescripts begin. */
export function isTypescript(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(0, 18)) === 'Script started on ';
}

/** Reads a timing, or its beginning (`cut`); undefined where it is none. Lines that cannot be read are left out and counted. */
export function parseTiming(text: string, cut = false): Timing | undefined {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  if (!cut && last !== '') lines.push(last);
  const facts = new Map<string, string>();
  const raw: Step[] = [];
  let time = 0;
  let bytes = 0;
  let line = 0;
  let count = 0;
  lines.forEach((row, i) => {
    const [, letter = 'O', delay, rest = ''] = /^(?:([HIOS]) )?(\d{1,9}(?:\.\d{1,9})?) (.*)$/.exec(row) ?? [];
    const wanted = /^\d{1,12}$/.test(rest) ? Number(rest) : undefined;
    if (delay === undefined || (/[IO]/.test(letter) && wanted === undefined)) {
      if (row.trim() === '') return;
      count++;
      line ||= i + 1;
    } else if (letter === 'H') {
      const [name = ''] = rest.split(' ', 1);
      if (facts.size < 100) facts.set(name, rest.slice(name.length + 1).slice(0, 500));
    } else {
      time += Number(delay);
      const [, rows, columns] = /^SIGWINCH\b.*?ROWS=(\d{1,3})\b.*?COLS=(\d{1,3})\b/.exec(rest) ?? [];
      if (letter !== 'S') raw.push({ code: letter === 'I' ? 'i' : 'o', time, bytes: wanted ?? 0 });
      else if (Number(rows) > 0 && Number(columns) > 0)
        raw.push({ code: 'r', time, bytes: 0, data: `${columns}x${rows}` });
    }
  });
  // Typed text is in the same file, or else in one that is not ours.
  const shared = facts.get('INPUT_LOG') === undefined || facts.get('INPUT_LOG') === facts.get('OUTPUT_LOG');
  const steps = raw.filter(({ code }) => code !== 'i' || shared);
  for (const step of steps) bytes += step.bytes;
  if (bytes === 0 || count > steps.length) return undefined;
  return { steps, facts, bytes, duration: time, ...(count > 0 && { bad: { line, count, of: 'the timing' } }) };
}

/** Whether a timing speaks of as many bytes as a typescript of `size` bytes has that begins with `head`. */
export function fits(timing: Timing, head: Uint8Array, size: number): boolean {
  const rest = size - startOf(head) - timing.bytes;
  return rest >= 0 && rest <= FOOTER;
}

/** A recording of a typescript, or of its beginning: what the timing has beyond it is left out. */
export function parseScript(typescript: Uint8Array, timing: Timing): Cast {
  const start = startOf(typescript);
  const header = new TextDecoder().decode(typescript.subarray(0, Math.min(start, 4096)));
  const { facts } = timing;
  const side = (name: string, usual: number): number => {
    const said = Number(facts.get(name) ?? new RegExp(` ${name}="(\\d+)"`).exec(header)?.[1]);
    return said >= 1 ? Math.min(1000, Math.floor(said)) : usual;
  };
  // A character may come in two pieces.
  const decoders = { o: new TextDecoder(), i: new TextDecoder() };
  const events: CastEvent[] = [];
  let at = start;
  for (const { code, time, bytes, data } of timing.steps) {
    if (at + bytes > typescript.length) break;
    if (code === 'r') events.push([time, code, data ?? '']);
    else events.push([time, code, decoders[code].decode(typescript.subarray(at, at + bytes), { stream: true })]);
    at += bytes;
  }
  const recorded = Date.parse(
    facts.get('START_TIME') ?? /^Script started on (.*?)(?: \[|\r?\n)/.exec(header)?.[1] ?? '',
  );
  return {
    version: 2,
    columns: side('COLUMNS', 80),
    rows: side('LINES', 24),
    command: facts.get('COMMAND') ?? /\[COMMAND="(.*?)"(?: <| TERM="|\])/.exec(header)?.[1]?.slice(0, 500),
    recorded: recorded > 0 ? recorded / 1000 : undefined,
    events,
    bad: timing.bad,
  };
}

/** Where the output begins: after the first line, as for scriptreplay. */
function startOf(typescript: Uint8Array): number {
  return typescript.subarray(0, 64 * 1024).indexOf(10) + 1;
}
