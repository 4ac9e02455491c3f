import { byteFinder } from '../text/byte-finder.ts';
import { bomLength } from '../text/charset.ts';
import { skipSpace, validate } from './validate-json.ts';

export type ValueKind = 'object' | 'array' | 'lines' | 'string' | 'number' | 'word' | 'bad';

/** A value of a JSON text: its position, and what a row of a tree shows. Plain data, because workers send it. */
export interface TreeRow {
  /** Key in an object, index in an array or in lines; absent for the root. */
  readonly key?: string;
  readonly kind: ValueKind;
  readonly start: number;
  readonly end: number;
  /** Number of children of an object, an array or lines; else 0. */
  readonly count: number;
  /** The value, or the beginning of it. */
  readonly text: string;
  /** `text` is only the beginning. */
  readonly isShortened: boolean;
  /** The text ends before the value does. */
  readonly isIncomplete: boolean;
}

/** A JSON text that is parsed lazily: only the values that are shown. */
export interface JsonDocument {
  readonly root: TreeRow;
  /** Children `from` to before `from + count` of an object, an array or lines. */
  children(row: TreeRow, from: number, count: number): TreeRow[];
  /** The text of a value, at most `limit` bytes of it. */
  text(row: TreeRow, limit: number): string;
  /** Offsets of the first `limit` occurrences of a text in keys and values, ignoring case. */
  find(query: string, limit: number): number[];
  /** The path from the root to the value at an offset: the index of the child at each level. */
  pathTo(offset: number): number[];
}

const MAX_TEXT_BYTES = 300;
const MAX_PREVIEW_BYTES = 100;
/** The offset of every n-th child is recorded, so that later children are found without a scan from the first. */
const CHECKPOINT_INTERVAL = 100;
/** Paths end at this depth. */
const MAX_PATH_DEPTH = 500;

/**
 * Opens UTF-8 bytes as one value, or as one value a line if `lines`. Accepts any bytes: malformed values become rows of
 * kind `bad`.
 */
export function openDocument(bytes: Uint8Array, lines: boolean): JsonDocument {
  /** Offsets of every n-th child, by the offset of the container; -1 for lines. */
  const checkpoints = new Map<number, number[]>();
  const start = skipSpace(bytes, bomLength(bytes));
  const root = lines ? linesRow(bytes, start) : rowAt(bytes, start).row;
  const document: JsonDocument = {
    root,
    text: (row, limit) => decode(bytes, row.start, Math.min(row.end, row.start + limit)),
    find: (query, limit) => findAll(bytes, query, limit),
    pathTo: (offset) => {
      const path: number[] = [];
      for (let row: TreeRow | undefined = root; row && path.length < MAX_PATH_DEPTH; ) {
        const index = indexOf(bytes, row, offset);
        if (index === undefined) break;
        path.push(index);
        row = document.children(row, index, 1)[0];
      }
      return path;
    },
    children: (row, from, count) => {
      // Lines and their first value begin at the same offset.
      const id = row.kind === 'lines' ? -1 : row.start;
      let known = checkpoints.get(id);
      if (!known) {
        known = [row.kind === 'lines' ? row.start : row.start + 1];
        checkpoints.set(id, known);
      }
      const step = Math.min(Math.floor(from / CHECKPOINT_INTERVAL), known.length - 1);
      let at = known[step] ?? 0;
      const out: TreeRow[] = [];
      for (let index = step * CHECKPOINT_INTERVAL; index < from + count; index++) {
        if (index % CHECKPOINT_INTERVAL === 0) known[index / CHECKPOINT_INTERVAL] = at;
        const wantsRow = index >= from;
        const next =
          row.kind === 'lines' ? lineAt(bytes, at, wantsRow, index) : childAt(bytes, at, row, wantsRow, index);
        if (!next) break;
        if (next.row) out.push(next.row);
        at = next.end;
      }
      return out;
    },
  };
  return document;
}

/** The index of the child whose key or value contains an offset. */
function indexOf(bytes: Uint8Array, row: TreeRow, offset: number): number | undefined {
  const inside = row.kind === 'object' || row.kind === 'array' || row.kind === 'lines';
  if (!inside || offset < row.start || offset >= row.end) return undefined;
  let at = row.kind === 'lines' ? row.start : row.start + 1;
  for (let index = 0; ; index++) {
    const next = row.kind === 'lines' ? lineAt(bytes, at, false, index) : childAt(bytes, at, row, false, index);
    if (!next) return undefined;
    if (offset < next.end) return index;
    at = next.end;
  }
}

function findAll(bytes: Uint8Array, query: string, limit: number): number[] {
  // The query as it is escaped inside a JSON string.
  const finder = byteFinder(JSON.stringify(query).slice(1, -1));
  const found: number[] = [];
  for (let at = 0; found.length < limit; at++) {
    at = finder.indexIn(bytes, at, bytes.length);
    if (at < 0) break;
    found.push(at);
  }
  return found;
}

/** A child and the offset after it; `row` is absent if the caller did not want it. */
interface ScannedChild {
  readonly end: number;
  readonly row?: TreeRow;
}

function childAt(
  bytes: Uint8Array,
  from: number,
  parent: TreeRow,
  wantsRow: boolean,
  index: number,
): ScannedChild | undefined {
  let at = skipSpace(bytes, from);
  if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  if (at >= bytes.length || bytes[at] === 0x5d || bytes[at] === 0x7d) return undefined;
  let key: string | undefined;
  if (parent.kind === 'object') {
    const end = skipString(bytes, at);
    if (wantsRow) key = readString(bytes, at, Math.min(end, at + 1000));
    at = skipSpace(bytes, end);
    if (bytes[at] === 0x3a) at = skipSpace(bytes, at + 1);
    if (at >= bytes.length) return undefined;
  }
  if (!wantsRow) return { end: advance(scanValue(bytes, at).end, at) };
  const { row, end } = rowAt(bytes, at, key ?? String(index));
  return { row, end: advance(end, at) };
}

/** The offset after a value, at least one byte further: guarantees progress on malformed text. */
function advance(end: number, at: number): number {
  return Math.max(end, at + 1);
}

function lineAt(bytes: Uint8Array, from: number, wantsRow: boolean, index: number): ScannedChild | undefined {
  const at = skipSpace(bytes, from);
  if (at >= bytes.length) return undefined;
  const newline = bytes.indexOf(10, at);
  const end = newline < 0 ? bytes.length : newline;
  if (!wantsRow) return { end };
  const fault = validate(bytes, at, end).fault;
  const row = fault ? badRow(bytes, at, end) : rowAt(bytes, at).row;
  return { end, row: { ...row, key: String(index) } };
}

function linesRow(bytes: Uint8Array, start: number): TreeRow {
  let count = 0;
  for (let at = start; at < bytes.length; count++) {
    const newline = bytes.indexOf(10, at);
    at = skipSpace(bytes, newline < 0 ? bytes.length : newline);
  }
  return { kind: 'lines', start, end: bytes.length, count, text: '', isShortened: false, isIncomplete: false };
}

function badRow(bytes: Uint8Array, start: number, end: number): TreeRow {
  return {
    kind: 'bad',
    start,
    end,
    count: 0,
    text: decode(bytes, start, Math.min(end, start + MAX_TEXT_BYTES)),
    isShortened: end - start > MAX_TEXT_BYTES,
    isIncomplete: false,
  };
}

function rowAt(bytes: Uint8Array, start: number, key?: string): { row: TreeRow; end: number } {
  const { end, count, isIncomplete } = scanValue(bytes, start);
  const kind = kindOf(bytes[start]);
  const maxBytes = kind === 'object' || kind === 'array' ? MAX_PREVIEW_BYTES : MAX_TEXT_BYTES;
  const isLong = end - start > maxBytes;
  const raw =
    isLong || kind !== 'string' || isIncomplete
      ? decode(bytes, start, Math.min(end, start + maxBytes))
      : JSON.stringify(readString(bytes, start, end));
  const text = kind === 'object' || kind === 'array' ? raw.replace(/\s+/g, ' ') : raw;
  return { end, row: { key, kind, start, end, count, text, isShortened: isLong, isIncomplete } };
}

function kindOf(byte: number | undefined): ValueKind {
  if (byte === 0x7b) return 'object';
  if (byte === 0x5b) return 'array';
  if (byte === 0x22) return 'string';
  if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) return 'number';
  return byte === 0x74 || byte === 0x66 || byte === 0x6e ? 'word' : 'bad';
}

/** Scans the value at `start` without building it. Returns the offset after it and the number of its children. */
function scanValue(bytes: Uint8Array, start: number): { end: number; count: number; isIncomplete: boolean } {
  const length = bytes.length;
  const first = bytes[start];
  if (first === 0x22) {
    const end = skipString(bytes, start);
    return { end, count: 0, isIncomplete: end >= length && (bytes[length - 1] !== 0x22 || end === start + 1) };
  }
  if (first !== 0x7b && first !== 0x5b) {
    let at = start;
    for (; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0x2c || byte === 0x5d || byte === 0x7d || byte <= 0x20) break;
    }
    return { end: at, count: 0, isIncomplete: false };
  }
  const inner = skipSpace(bytes, start + 1);
  if (inner >= length) return { end: length, count: 0, isIncomplete: true };
  let count = bytes[inner] === 0x5d || bytes[inner] === 0x7d ? 0 : 1;
  let depth = 0;
  for (let at = start; at < length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) at = skipString(bytes, at) - 1;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) {
      if (--depth === 0) return { end: at + 1, count, isIncomplete: false };
    } else if (byte === 0x2c && depth === 1) count++;
  }
  return { end: length, count, isIncomplete: true };
}

/** The offset after the string at `start`. */
function skipString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    if (byte === 0x5c) at++;
  }
  return bytes.length;
}

function readString(bytes: Uint8Array, start: number, end: number): string {
  const raw = decode(bytes, start, end);
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? value : raw;
  } catch {
    return raw;
  }
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end));
}

/** Line and column, from 1, of a byte offset. */
export function lineAndColumn(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start > 1e6 ? offset - start + 1 : decode(bytes, start, offset).length + 1 };
}
