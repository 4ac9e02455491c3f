/**
 * Recordings of terminals by asciinema: asciicast 1, 2 and 3, https://docs.asciinema.org/manual/asciicast/v3/ and its
 * neighbours. Read by the renderer and by the page, so that both say the same of what is broken.
 */

/** When, in seconds from the beginning; `o`: output, `i`: input, `m`: a marker, `r`: a new size as `80x24`. */
export type CastEvent = readonly [time: number, code: string, data: string];

export interface Cast {
  readonly version: 1 | 2 | 3;
  readonly columns: number;
  readonly rows: number;
  readonly title?: string;
  readonly command?: string;
  /** When it was recorded, seconds since 1970. */
  readonly recorded?: number;
  /** Longer pauses are shortened to it, seconds. */
  readonly idleLimit?: number;
  readonly events: readonly CastEvent[];
  /** The line of the first event that could not be read, how many there are, and of which file it is if of another one. */
  readonly bad?: { readonly line: number; readonly count: number; readonly of?: string };
}

/** No terminal is larger; what says so would only take memory. */
const MAX_SIDE = 1000;

/**
 * Reads a recording, or its beginning (`cut`). Throws an error that says what is wrong where its header cannot be read;
 * events that cannot be are left out and counted.
 */
export function parseCast(text: string, cut = false): Cast {
  const lines = text.split('\n');
  const first = parsed(lines[0] ?? '');
  // Version 1 is one JSON value, often over several lines.
  const header = record(first ?? parsed(text));
  const version = header.version;
  if (version === 1) {
    const delays = list(header.stdout);
    return {
      ...factsOf(header, 1),
      ...eventsOf(
        delays.map((event) => (Array.isArray(event) ? [event[0], 'o', event[1]] : event)),
        true,
      ),
    };
  }
  if (version !== 2 && version !== 3)
    throw new Error(
      version === undefined
        ? 'not an asciicast: its first line is not a header with a version'
        : `asciicast of version ${JSON.stringify(version).slice(0, 20)}: 1, 2 and 3 are known`,
    );
  const bodies = lines.slice(1);
  // The last line of a part may not be all of it.
  if (cut) bodies.pop();
  const skip = (line: string) => line.trim() === '' || line.startsWith('#');
  return {
    ...factsOf(header, version),
    ...eventsOf(
      bodies.map((line) => (skip(line) ? undefined : (parsed(line) ?? null))),
      version === 3,
    ),
  };
}

/** How long it takes, seconds. */
export function durationOf(cast: Pick<Cast, 'events'>): number {
  return cast.events.at(-1)?.[0] ?? 0;
}

/** What a reader is told of events that could not be read, or nothing. */
export function problemOf({ bad }: Pick<Cast, 'bad'>): string {
  if (!bad) return '';
  const more = bad.count === 1 ? '' : bad.count === 2 ? ', nor is another' : `, nor are ${bad.count - 1} others`;
  return `Line ${bad.line}${bad.of ? ` of ${bad.of}` : ''} is not an event${more}: left out.`;
}

function factsOf(header: Fields, version: 1 | 2 | 3): Omit<Cast, 'events'> {
  const terminal = version === 3 ? record(header.term) : header;
  const side = (value: unknown, usual: number) =>
    typeof value === 'number' && value >= 1 ? Math.min(MAX_SIDE, Math.floor(value)) : usual;
  const text = (value: unknown) => (typeof value === 'string' && value ? value.slice(0, 500) : undefined);
  const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined);
  const { timestamp, idle_time_limit: idle } = header;
  return {
    version,
    columns: side(version === 3 ? terminal.cols : terminal.width, 80),
    rows: side(version === 3 ? terminal.rows : terminal.height, 24),
    title: text(header.title),
    command: text(header.command),
    recorded: number(timestamp),
    idleLimit: number(idle),
  };
}

/** Events as they stand in the file (undefined: nothing was there); `relative`: each time counts from the one before. */
function eventsOf(raw: readonly unknown[], relative: boolean): Pick<Cast, 'events' | 'bad'> {
  const events: CastEvent[] = [];
  let time = 0;
  let line = 0;
  let count = 0;
  raw.forEach((value, i) => {
    if (value === undefined) return;
    const [at, code, data]: readonly unknown[] = Array.isArray(value) ? value : [];
    if (
      typeof at !== 'number' ||
      !(at >= 0) ||
      typeof code !== 'string' ||
      (typeof data !== 'string' && code !== 'x')
    ) {
      count++;
      // The header is line 1.
      line ||= i + 2;
      return;
    }
    // Time does not run backwards.
    time = relative ? time + at : Math.max(time, at);
    if (code === 'o' || code === 'i' || code === 'm' || (code === 'r' && isSize(data)))
      events.push([time, code, String(data)]);
  });
  return { events, ...(count > 0 && { bad: { line, count } }) };
}

function isSize(data: unknown): boolean {
  const [, columns, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(String(data)) ?? [];
  return Number(columns) >= 1 && Number(rows) >= 1 && Number(columns) <= MAX_SIDE && Number(rows) <= MAX_SIDE;
}

type Fields = Readonly<Record<string, unknown>>;

function record(json: unknown): Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {};
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
