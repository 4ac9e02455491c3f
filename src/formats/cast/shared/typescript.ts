/**
 * Parses recordings of terminals by script(1) of util-linux. A recording has two files: a typescript, which contains
 * the output, and a timing, which lists delays and numbers of bytes. There are two forms of timing, see
 * scriptreplay(1): classic, `DELAY BYTES` (`script -t`, `-T`); and advanced, with a letter before the delay and header
 * lines (`--log-timing` with `--log-io` or `--logging-format advanced`). Shared by the renderer and the page's script.
 */
import type { Cast, CastEvent } from './asciicast.ts';

/** The largest timing that is read, bytes: half a million events. */
export const MAX_TIMING = 8 * 1024 * 1024;
/** Longest trailer of a typescript (`Script done on …`), bytes. */
const MAX_TRAILER = 1024;

export interface Timing {
  /** Output (`o`), input (`i`) and new sizes (`r`, with the size in `data`), in order. */
  readonly steps: readonly Step[];
  /** Header lines: `COMMAND`, `START_TIME`, `COLUMNS` and others. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes of the typescript that the steps cover. */
  readonly bytes: number;
  /** Seconds from the first to the last event. */
  readonly duration: number;
  readonly invalid?: Cast['invalid'];
}

interface Step {
  readonly code: 'o' | 'i' | 'r';
  /** Seconds from the beginning. */
  readonly time: number;
  readonly bytes: number;
  readonly data?: string;
}

/** Whether a file begins with the header line of a typescript. */
export function isTypescript(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(0, 18)) === 'Script started on ';
}

/**
 * Parses a timing, or only its beginning if `isCut`. Invalid lines are left out and counted.
 * @returns undefined if the text is not a timing
 */
export function parseTiming(text: string, isCut = false): Timing | undefined {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  if (!isCut && last !== '') lines.push(last);
  const headers = new Map<string, string>();
  const allSteps: Step[] = [];
  let time = 0;
  let bytes = 0;
  let firstInvalidLine = 0;
  let invalidCount = 0;
  lines.forEach((row, i) => {
    const [, letter = 'O', delay, argument = ''] = /^(?:([HIOS]) )?(\d{1,9}(?:\.\d{1,9})?) (.*)$/.exec(row) ?? [];
    const byteCount = /^\d{1,12}$/.test(argument) ? Number(argument) : undefined;
    if (delay === undefined || (/[IO]/.test(letter) && byteCount === undefined)) {
      if (row.trim() === '') return;
      invalidCount++;
      firstInvalidLine ||= i + 1;
    } else if (letter === 'H') {
      const [name = ''] = argument.split(' ', 1);
      if (headers.size < 100) headers.set(name, argument.slice(name.length + 1).slice(0, 500));
    } else {
      time += Number(delay);
      const [, rows, columns] = /^SIGWINCH\b.*?ROWS=(\d{1,3})\b.*?COLS=(\d{1,3})\b/.exec(argument) ?? [];
      if (letter !== 'S') allSteps.push({ code: letter === 'I' ? 'i' : 'o', time, bytes: byteCount ?? 0 });
      else if (Number(rows) > 0 && Number(columns) > 0)
        allSteps.push({ code: 'r', time, bytes: 0, data: `${columns}x${rows}` });
    }
  });
  // Input counts only if it was logged to the same file as the output.
  const inputIsShared =
    headers.get('INPUT_LOG') === undefined || headers.get('INPUT_LOG') === headers.get('OUTPUT_LOG');
  const steps = allSteps.filter(({ code }) => code !== 'i' || inputIsShared);
  for (const step of steps) bytes += step.bytes;
  if (bytes === 0 || invalidCount > steps.length) return undefined;
  const invalid = { line: firstInvalidLine, count: invalidCount, file: 'the timing' };
  return { steps, headers, bytes, duration: time, ...(invalidCount > 0 && { invalid }) };
}

/** Whether a timing covers as many bytes as a typescript of `size` bytes contains that begins with `head`. */
export function coversTypescript(timing: Timing, head: Uint8Array, size: number): boolean {
  const trailerLength = size - outputStart(head) - timing.bytes;
  return trailerLength >= 0 && trailerLength <= MAX_TRAILER;
}

/** Builds a recording from a typescript or its beginning; steps beyond its end are left out. */
export function parseScript(typescript: Uint8Array, timing: Timing): Cast {
  const start = outputStart(typescript);
  const firstLine = new TextDecoder().decode(typescript.subarray(0, Math.min(start, 4096)));
  const { headers } = timing;
  const sizeHeader = (name: string, defaultSize: number): number => {
    const value = Number(headers.get(name) ?? new RegExp(` ${name}="(\\d+)"`).exec(firstLine)?.[1]);
    return value >= 1 ? Math.min(1000, Math.floor(value)) : defaultSize;
  };
  // A character may be split between two steps.
  const decoders = { o: new TextDecoder(), i: new TextDecoder() };
  const events: CastEvent[] = [];
  let offset = start;
  for (const { code, time, bytes, data } of timing.steps) {
    if (offset + bytes > typescript.length) break;
    if (code === 'r') events.push([time, code, data ?? '']);
    else
      events.push([time, code, decoders[code].decode(typescript.subarray(offset, offset + bytes), { stream: true })]);
    offset += bytes;
  }
  const recordedAt = Date.parse(
    headers.get('START_TIME') ?? /^Script started on (.*?)(?: \[|\r?\n)/.exec(firstLine)?.[1] ?? '',
  );
  return {
    version: 2,
    columns: sizeHeader('COLUMNS', 80),
    rows: sizeHeader('LINES', 24),
    command: headers.get('COMMAND') ?? /\[COMMAND="(.*?)"(?: <| TERM="|\])/.exec(firstLine)?.[1]?.slice(0, 500),
    recordedAt: recordedAt > 0 ? recordedAt / 1000 : undefined,
    events,
    invalid: timing.invalid,
  };
}

/** The offset of the output: after the first line, as in scriptreplay. */
function outputStart(typescript: Uint8Array): number {
  return typescript.subarray(0, 64 * 1024).indexOf(10) + 1;
}
