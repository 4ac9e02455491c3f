import type { ColumnType } from './infer-schema.ts';

/** How the values of a typed column are written: what the number, the bytes or the object of a cell stands for. */
export type CellFormat =
  | { readonly kind: 'plain' | 'bytes' | 'date' | 'json' }
  /** A number of 32 bits: 0.1 is written so, not with the digits that 64 bits add to it. */
  | { readonly kind: 'float' }
  /** A moment, counted in so many parts of a second from 1970; `zone`: it is UTC, else of no known zone; `short`: midnight is a day. */
  | { readonly kind: 'moment'; readonly perSecond: number; readonly zone: boolean; readonly short?: boolean }
  /** A time of day, counted so from midnight. */
  | { readonly kind: 'clock'; readonly perSecond: number }
  | { readonly kind: 'decimal'; readonly scale: number };

export const PLAIN_FORMAT: CellFormat = { kind: 'plain' };
/** Dates in a text, as they are counted there. */
export const DATE_FORMAT: CellFormat = { kind: 'moment', perSecond: 1000, zone: false, short: true };

/** A column of a table whose file says what is in it. */
export interface Column {
  readonly name: string;
  /** How it is shown and sorted. */
  readonly type: ColumnType;
  /** Its type in the words of its format. */
  readonly label: string;
  readonly format: CellFormat;
}

const SECONDS_PER_DAY = 86_400;
/** Bytes of a value without text that are shown. */
const MAX_HEX_BYTES = 32;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a cell shows; null where there is no value. Never throws, whatever the value is. */
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

/** The number by which a cell is sorted and counted; NaN where it has none. */
export function cellNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : Number.NaN;
}

/** What a number of `numberOf` stands for in its column, in words: ends of an axis, the least and the greatest. */
export function numberText(value: number, format: CellFormat): string {
  if (!Number.isFinite(value)) return String(value);
  const whole = format.kind === 'moment' || format.kind === 'clock';
  const plain = format.kind === 'plain' || format.kind === 'float' || format.kind === 'bytes' || format.kind === 'json';
  if (!plain) return formatCell(whole ? BigInt(Math.round(value)) : value, format) ?? '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

/** The shortest text that gives the same number of 32 bits back. */
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

/** Whole seconds, rounded down, and what is left. */
function splitSeconds(count: bigint, perSecond: number): [bigint, bigint] {
  const per = BigInt(perSecond);
  const rest = ((count % per) + per) % per;
  return [(count - rest) / per, rest];
}

/** A part of a second, without zeros at its end. */
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
