import { WrittenNumber } from '../json/parse-exact.ts';
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
  /** A decimal. Its values are integers: the decimal times ten to the power of `scale`. */
  | { readonly kind: 'decimal'; readonly scale: number }
  /** Numbers as a spreadsheet shows them. */
  | { readonly kind: 'custom'; readonly numbers: NumberText };

/** The text of numbers in a format that the file defines. */
export interface NumberText {
  /** What a cell shows of a number. */
  text(value: number): string;
  /** The number without loss. */
  exactText(value: number): string;
}

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

/** A cell whose text is made when it is shown, because only a few of a column are. */
export class LazyText {
  readonly text: () => string;

  constructor(text: () => string) {
    this.text = text;
  }
}

/** A number whose format is not that of its column. */
export class FormattedNumber {
  readonly value: number;
  readonly format: NumberText;

  constructor(value: number, format: NumberText) {
    this.value = value;
    this.format = format;
  }
}

const SECONDS_PER_DAY = 86_400;
/** Bytes of a binary value that are shown. */
const MAX_HEX_BYTES = 32;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of a cell; null for a missing value. Accepts any value without throwing.
 * @param isExact whether numbers are written without loss where a format shortens them
 */
export function formatCell(value: unknown, format: CellFormat, isExact = false): string | null {
  if (value === null || value === undefined) return null;
  const { kind } = format;
  if (value instanceof LazyText) return value.text();
  if (value instanceof FormattedNumber) return numberTextOf(value.value, value.format, isExact);
  if (value instanceof WrittenNumber) return value.text;
  if (value instanceof Uint8Array) return kind === 'bytes' ? hex(value) : decoder.decode(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (kind === 'custom') return numberTextOf(value, format.numbers, isExact);
    if (kind === 'date') return dayOf(Number(value));
    if (kind === 'moment') {
      if (!Number.isInteger(Number(value))) return String(value);
      const moment = momentOf(BigInt(value), format.perSecond) + (format.zone ? 'Z' : '');
      return format.short ? moment.replace(/ 00:00:00$/, '') : moment;
    }
    if (kind === 'clock' && Number.isInteger(Number(value))) return clockOf(BigInt(value), format.perSecond);
    if (kind === 'decimal') return decimalText(value, format.scale);
    if (Object.is(value, -0)) return '-0';
    return kind === 'float' ? floatText(Number(value)) : String(value);
  }
  if (typeof value === 'object') return jsonOf(value);
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : '';
}

function numberTextOf(value: number | bigint, format: NumberText, isExact: boolean): string {
  if (typeof value === 'bigint') return String(value);
  return isExact ? format.exactText(value) : format.text(value);
}

/** The number that a cell is sorted and summarised by, as exact as floating point is; NaN if it has none. */
export function cellNumber(value: unknown, format: CellFormat = PLAIN_FORMAT): number {
  if (value instanceof WrittenNumber) return Number(value.text);
  if (value instanceof FormattedNumber) return value.value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  if (!isNumber) return Number.NaN;
  return format.kind === 'decimal' ? Number(value) / 10 ** format.scale : Number(value);
}

/** The text of a number returned by `cellNumber`, for axes and ranges. */
export function numberText(value: number, format: CellFormat): string {
  if (!Number.isFinite(value)) return String(value);
  if (format.kind === 'custom') return format.numbers.text(value);
  const whole = format.kind === 'moment' || format.kind === 'clock';
  const plain = format.kind !== 'date' && !whole;
  if (!plain) return formatCell(whole ? BigInt(Math.round(value)) : value, format) ?? '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

/** A decimal with all its digits. @param unscaled the decimal times ten to the power of `scale` */
function decimalText(unscaled: number | bigint, scale: number): string {
  if (!Number.isInteger(Number(unscaled))) return String(unscaled);
  const digits = String(BigInt(unscaled));
  if (scale === 0) return digits;
  const sign = digits.startsWith('-') ? '-' : '';
  const padded = digits.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
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
    return nestedJson(value);
  } catch {
    // A value nested too deeply.
    return '{…}';
  }
}

/** Like `JSON.stringify`, but numbers keep all their digits, and NaN, infinities and -0 stay what they are. */
function nestedJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof WrittenNumber) return value.text;
  if (value instanceof Uint8Array) return JSON.stringify(decoder.decode(value));
  if (typeof value !== 'object') return JSON.stringify(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return nestedJson(value.toJSON());
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as ArrayLike<unknown>, nestedJson).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${nestedJson(field)}`).join(',')}}`;
}
