/** Samples, the common form of the reports of all tools, and helpers to parse them. */

/** Values of one device, processor or process at one time. */
export interface Sample {
  /** Kind of values: `cpu`, `disk`, `memory`. Samples of a table share columns. */
  readonly table: string;
  /** The device, processor or process; empty if there is only one. */
  readonly key: string;
  /** Seconds since 1970 in the host's time zone, if the tool prints them; a time without date is on 1970-01-01. */
  readonly time: number | undefined;
  /** Number of the report; 0 covers the time since boot. */
  readonly tick: number;
  readonly values: readonly (readonly [column: string, value: number])[];
}

export type OnSample = (sample: Sample) => void;

/** Processes the lines of a tool's output in order. Returns false for a line that it does not understand. */
export type LineReader = (line: string) => boolean;

/** Parses a number, which may have a decimal comma or a unit of `-h` (`2.2Gi`, `512M`). */
export function numberOf(text: string): number | undefined {
  const match = /^(-?\d+(?:[.,]\d+)?)(%|([KMGTPE])i?B?|B)?$/i.exec(text);
  if (!match) return undefined;
  const scale = match[3] ? 1024 ** ('KMGTPE'.indexOf(match[3].toUpperCase()) + 1) : 1;
  return Number(match[1]?.replace(',', '.')) * scale;
}

/** Parses a time of day, `18:50:33` or `06:50:33 PM`, to seconds. */
export function clockOf(text: string, dayHalf = ''): number | undefined {
  const match = /^(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const shift = dayHalf === 'PM' && hours < 12 ? 12 : dayHalf === 'AM' && hours === 12 ? -12 : 0;
  return (hours + shift) * 3600 + minutes * 60 + seconds;
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
