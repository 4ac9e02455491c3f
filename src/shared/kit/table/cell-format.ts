import type { ColumnType } from './infer-schema.ts';

/** How the values of a typed column are formatted. */
export type CellFormat =
  | { readonly kind: 'plain' | 'bytes' | 'date' | 'json' }
  /** A 32-bit float: written with the fewest digits that identify it among 32-bit floats. */
  | { readonly kind: 'float' }
  /**
   * A timestamp in units of 1/`perSecond` seconds since 1970. `zone`: it is UTC, else its zone is unknown. `short`: omit
   * the time at midnight.
   */
  | { readonly kind: 'moment'; readonly perSecond: number; readonly zone: boolean; readonly short?: boolean }
  /** A time of day in units of 1/`perSecond` seconds since midnight. */
  | { readonly kind: 'clock'; readonly perSecond: number }
  | { readonly kind: 'decimal'; readonly scale: number };

export const PLAIN_FORMAT: CellFormat = { kind: 'plain' };
/** Dates of delimited text, parsed to milliseconds. */
export const DATE_FORMAT: CellFormat = { kind: 'moment', perSecond: 1000, zone: false, short: true };

/** A typed column. */
export interface Column {
  readonly name: string;
  /** Decides alignment and sort order. */
  readonly type: ColumnType;
  /** The type's name in the file format, for display. */
  readonly label: string;
  readonly format: CellFormat;
}

const SECONDS_PER_DAY = 86_400;
/** Bytes of a binary value that are shown. */
const MAX_HEX_BYTES = 32;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a cell; null for a missing value. Accepts any value without throwing. */
export function formatCell(value: unknown, format: CellFormat): string | null {
  if (value === null || value === undefined) return null;
  const { kind } = format;
  if (value instanceof Uint8Array) return kind === 'bytes' ? hex(value) : decoder.decode(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (kind === 'date') return dayOf(Number(value));
    if (kind === 'moment') {
      if (!Number.isInteger(Number(value))) return String(value);
      const moment = momentOf(BigInt(value), format.perSecond) + (format.zone ? 'Z' : '');
      return format.short ? moment.replace(/ 00:00:00$/, '') : moment;
    }
    if (kind === 'clock' && Number.isInteger(Number(value))) return clockOf(BigInt(value), format.perSecond);
    if (kind === 'decimal') return Number(value).toFixed(format.scale);
    if (kind === 'float') return floatText(Number(value));
    return String(value);
  }
  if (typeof value === 'object') return jsonOf(value);
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : '';
}

/** The number that a cell is sorted and summarised by; NaN if it has none. */
export function cellNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : Number.NaN;
}

/** The text of a number returned by `cellNumber`, for axes and ranges. */
export function numberText(value: number, format: CellFormat): string {
  if (!Number.isFinite(value)) return String(value);
  const whole = format.kind === 'moment' || format.kind === 'clock';
  const plain = format.kind === 'plain' || format.kind === 'float' || format.kind === 'bytes' || format.kind === 'json';
  if (!plain) return formatCell(whole ? BigInt(Math.round(value)) : value, format) ?? '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

/** The shortest text that parses to the same 32-bit float. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function dayOf(days: number): string {
  const date = new Date(days * SECONDS_PER_DAY * 1000);
  return Number.isNaN(date.getTime()) ? `${days} days` : dateText(date.toISOString());
}

const dateText = (iso: string): string => iso.slice(0, iso.indexOf('T'));

function momentOf(count: bigint, perSecond: number): string {
  const [seconds, rest] = splitSeconds(count, perSecond);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return String(count);
  const iso = date.toISOString();
  return `${dateText(iso)} ${iso.slice(iso.indexOf('T') + 1, -5)}${fraction(rest, perSecond)}`;
}

function clockOf(count: bigint, perSecond: number): string {
  const [seconds, rest] = splitSeconds(count, perSecond);
  const two = (n: bigint): string => String(n).padStart(2, '0');
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction(rest, perSecond)}`;
}

/** Whole seconds, rounded down, and the remaining units. */
function splitSeconds(count: bigint, perSecond: number): [bigint, bigint] {
  const per = BigInt(perSecond);
  const rest = ((count % per) + per) % per;
  return [(count - rest) / per, rest];
}

/** A fraction of a second, without trailing zeros. */
function fraction(rest: bigint, perSecond: number): string {
  const digits = String(rest)
    .padStart(Math.round(Math.log10(perSecond)), '0')
    .replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_HEX_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > MAX_HEX_BYTES ? `${shown} … (${bytes.length} bytes)` : shown;
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === 'bigint') return Number.isSafeInteger(Number(part)) ? Number(part) : String(part);
      return part instanceof Uint8Array ? decoder.decode(part) : part;
    });
  } catch {
    // A value nested too deeply.
    return '{…}';
  }
}
