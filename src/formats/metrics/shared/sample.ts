/** What tools that print one report after another say, whatever the tool. */

/** Some values of one thing at one moment. */
export interface Sample {
  /** What the values are about: `cpu`, `disk`, `memory`. Samples of one table have columns in common. */
  readonly table: string;
  /** Which one of several: a device, a processor, a process; empty where there is but one. */
  readonly key: string;
  /** Seconds since 1970 by the clock of the host, where the tool says it; a time of day alone is one of 1970-01-01. */
  readonly time: number | undefined;
  /** The number of the report. 0 is one that sums up the time since the host started. */
  readonly tick: number;
  readonly values: readonly (readonly [column: string, value: number])[];
}

export type OnSample = (sample: Sample) => void;

/** Takes the lines of a tool's output, one after another; gives whether it knew what to do with it. */
export type LineReader = (line: string) => boolean;

/** A number as tools print it, also with a decimal comma or with the units of `-h` (`2.2Gi`, `512M`), or undefined. */
export function numberOf(text: string): number | undefined {
  const match = /^(-?\d+(?:[.,]\d+)?)(%|([KMGTPE])i?B?|B)?$/i.exec(text);
  if (!match) return undefined;
  const scale = match[3] ? 1024 ** ('KMGTPE'.indexOf(match[3].toUpperCase()) + 1) : 1;
  return Number(match[1]?.replace(',', '.')) * scale;
}

/** The time of day in `18:50:33` or `06:50:33 PM`, in seconds, or undefined. */
export function clockOf(text: string, half = ''): number | undefined {
  const match = /^(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const shift = half === 'PM' && hours < 12 ? 12 : half === 'AM' && hours === 12 ? -12 : 0;
  return (hours + shift) * 3600 + minutes * 60 + seconds;
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
