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
  /**
   * Set if the output does not tell the unit of sizes. `assumed`: they were taken for KiB, the default of the tool, and
   * converted to bytes. `unknown`: they cannot be KiB, and are as printed.
   */
  readonly sizes?: 'assumed' | 'unknown';
}

export type OnSample = (sample: Sample) => void;

/** Processes the lines of a tool's output in order. Returns false for a line that it does not understand. */
export type LineReader = (line: string) => boolean;

/** A number, and whether it had a unit of size, so that it is in bytes. */
export interface Quantity {
  readonly value: number;
  readonly isSize: boolean;
}

/** Parses a number, which may have a decimal comma, a percent sign or a unit of size (`2.2Gi`, `512M`, `0.3k`). */
export function quantityOf(text: string): Quantity | undefined {
  const match = /^(-?\d+(?:[.,]\d+)?)(%|([KMGTPE])i?B?|B)?$/i.exec(text);
  if (!match) return undefined;
  const [, digits = '', unit = '', prefix] = match;
  const scale = prefix ? 1024 ** ('KMGTPE'.indexOf(prefix.toUpperCase()) + 1) : 1;
  return { value: Number(digits.replace(',', '.')) * scale, isSize: unit !== '' && unit !== '%' };
}

/** Parses a number like `quantityOf`. */
export function numberOf(text: string): number | undefined {
  return quantityOf(text)?.value;
}

/**
 * A report of sizes without unit, such as of memory, in bytes if they can be KiB. Hardly any machine has less than 64 MiB
 * of memory, so a smaller total is one in MiB or GiB.
 * @param total of the first report, as printed
 */
export function scaleOfSizes(total: number): { readonly scale: number; readonly sizes: 'assumed' | 'unknown' } {
  return total < 64 * 1024 ? { scale: 1, sizes: 'unknown' } : { scale: 1024, sizes: 'assumed' };
}

/** Whether a word says which half of the day a time is in. */
export function isDayHalf(word: string): boolean {
  return /^[ap]\.?m\.?$/i.test(word);
}

/** Parses a time of day, `18:50:33` or `06:50:33 PM`, to seconds. */
export function clockOf(text: string, dayHalf = ''): number | undefined {
  const match = /^(\d{1,2}):(\d\d):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const half = dayHalf.charAt(0).toUpperCase();
  const shift = half === 'P' && hours < 12 ? 12 : half === 'A' && hours === 12 ? -12 : 0;
  return (hours + shift) * 3600 + minutes * 60 + seconds;
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
