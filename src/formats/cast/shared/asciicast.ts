/**
 * Parses recordings of terminals by asciinema: asciicast 1, 2 and 3, see
 * https://docs.asciinema.org/manual/asciicast/v3/ (also v1, v2). Shared by the renderer and the page's script, so that
 * both report the same errors.
 */

/** `time` in seconds from the beginning. `code`: `o` output, `i` input, `m` marker, `r` new size as `80x24`. */
export type CastEvent = readonly [time: number, code: string, data: string];

export interface Cast {
  readonly version: 1 | 2 | 3;
  readonly columns: number;
  readonly rows: number;
  readonly title?: string;
  readonly command?: string;
  /** Time of the recording, seconds since 1970. */
  readonly recordedAt?: number;
  /** Longest pause while playing, seconds. */
  readonly idleLimit?: number;
  readonly events: readonly CastEvent[];
  /** Invalid events: the line of the first, their number, and the file if it is not the recording itself. */
  readonly invalid?: { readonly line: number; readonly count: number; readonly file?: string };
}

/** Largest width and height of the terminal, which bounds the player's memory. */
const MAX_TERMINAL_SIZE = 1000;

/**
 * Parses a recording, or only its beginning if `isCut`. Invalid events are left out and counted in `invalid`.
 * @throws an error with a message for the user if the header is invalid
 */
export function parseCast(text: string, isCut = false): Cast {
  const lines = text.split('\n');
  const first = parseJson(lines[0] ?? '');
  // Version 1 is one JSON value, often over several lines.
  const header = asObject(first ?? parseJson(text));
  const version = header.version;
  if (version === 1) {
    const delays = asArray(header.stdout);
    return {
      ...parseHeader(header, 1),
      ...parseEvents(
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
  const eventLines = lines.slice(1);
  // The last line of a part may be incomplete.
  if (isCut) eventLines.pop();
  const isSkipped = (line: string) => line.trim() === '' || line.startsWith('#');
  return {
    ...parseHeader(header, version),
    ...parseEvents(
      eventLines.map((line) => (isSkipped(line) ? undefined : (parseJson(line) ?? null))),
      version === 3,
    ),
  };
}

/** Duration in seconds. */
export function durationOf(cast: Pick<Cast, 'events'>): number {
  return cast.events.at(-1)?.[0] ?? 0;
}

/** The message about invalid events, or an empty text. */
export function problemOf({ invalid }: Pick<Cast, 'invalid'>): string {
  if (!invalid) return '';
  const others =
    invalid.count === 1 ? '' : invalid.count === 2 ? ', nor is another' : `, nor are ${invalid.count - 1} others`;
  return `Line ${invalid.line}${invalid.file ? ` of ${invalid.file}` : ''} is not an event${others}: left out.`;
}

function parseHeader(header: Fields, version: 1 | 2 | 3): Omit<Cast, 'events'> {
  const terminal = version === 3 ? asObject(header.term) : header;
  const terminalSize = (value: unknown, defaultSize: number) =>
    typeof value === 'number' && value >= 1 ? Math.min(MAX_TERMINAL_SIZE, Math.floor(value)) : defaultSize;
  const text = (value: unknown) => (typeof value === 'string' && value ? value.slice(0, 500) : undefined);
  const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined);
  const { timestamp, idle_time_limit: idle } = header;
  return {
    version,
    columns: terminalSize(version === 3 ? terminal.cols : terminal.width, 80),
    rows: terminalSize(version === 3 ? terminal.rows : terminal.height, 24),
    title: text(header.title),
    command: text(header.command),
    recordedAt: number(timestamp),
    idleLimit: number(idle),
  };
}

/** Validates events. `undefined` in `values` is an empty line; `isRelative`: times count from the previous event. */
function parseEvents(values: readonly unknown[], isRelative: boolean): Pick<Cast, 'events' | 'invalid'> {
  const events: CastEvent[] = [];
  let time = 0;
  let line = 0;
  let count = 0;
  values.forEach((value, i) => {
    if (value === undefined) return;
    const [eventTime, code, data]: readonly unknown[] = Array.isArray(value) ? value : [];
    if (
      typeof eventTime !== 'number' ||
      !(eventTime >= 0) ||
      typeof code !== 'string' ||
      (typeof data !== 'string' && code !== 'x')
    ) {
      count++;
      // The header is line 1.
      line ||= i + 2;
      return;
    }
    // Absolute times never decrease.
    time = isRelative ? time + eventTime : Math.max(time, eventTime);
    if (code === 'o' || code === 'i' || code === 'm' || (code === 'r' && isSize(data)))
      events.push([time, code, String(data)]);
  });
  return { events, ...(count > 0 && { invalid: { line, count } }) };
}

function isSize(data: unknown): boolean {
  const [, columns, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(String(data)) ?? [];
  return (
    Number(columns) >= 1 &&
    Number(rows) >= 1 &&
    Number(columns) <= MAX_TERMINAL_SIZE &&
    Number(rows) <= MAX_TERMINAL_SIZE
  );
}

type Fields = Readonly<Record<string, unknown>>;

function asObject(json: unknown): Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {};
}

function asArray(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
