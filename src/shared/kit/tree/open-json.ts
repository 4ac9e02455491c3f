import { chunksOf, fetchFile } from '../ranges/fetch-range.ts';
import { bomLength, detectCharset } from '../text/charset.ts';
import { about, plural } from '../text/numbers.ts';
import { type JsonDocument, lineAndColumn, openDocument, type TreeRow } from './json-document.ts';
import { type Fault, validate } from './validate-json.ts';

/** A syntax error with its line and column, from 1. */
export interface Problem {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export interface OpenedTree {
  readonly document: JsonDocument;
  /** Nesting depth. */
  readonly depth: number;
  readonly problem?: Problem;
  /** A short description of the content, if the kind of the root is not enough. */
  readonly description?: string;
}

/** Opens any UTF-8 bytes as a tree. `lines`: each line is a value. */
export type OpenTree = (bytes: Uint8Array, lines: boolean) => OpenedTree;

/**
 * Describes a tree by its root: `object, 3 keys`.
 * @param number number of children; an estimate unless `exact`
 */
export function describeRoot(root: TreeRow, number = root.count, exact = true): string {
  const word = root.kind === 'object' ? 'key' : root.kind === 'lines' ? 'row' : 'item';
  if (root.kind !== 'object' && root.kind !== 'array' && root.kind !== 'lines') return '';
  const counted = exact ? plural(number, word) : about(number, word);
  return root.kind === 'lines' ? counted : `${root.kind}, ${counted}`;
}

/** Opens a JSON text, or JSON lines if `lines` is set or the text turns out to consist of them. */
export function openJson(bytes: Uint8Array, lines: boolean): OpenedTree {
  if (lines) return { document: openDocument(bytes, true), depth: 1 };
  const start = bomLength(bytes);
  const { fault, depth } = validate(bytes, start);
  if (fault?.kind === 'more' && isJsonLines(bytes, fault)) return { document: openDocument(bytes, true), depth };
  return { document: openDocument(bytes, false), depth, problem: fault && locateFault(bytes, fault) };
}

/** A fault with its line and column. */
export function locateFault(bytes: Uint8Array, { offset, reason }: Fault): Problem {
  return { offset, reason, ...lineAndColumn(bytes, offset) };
}

/** Whether the text after the first value begins a new line with another value, which may be incomplete. */
export function isJsonLines(bytes: Uint8Array, { offset }: Fault): boolean {
  if (bytes.subarray(0, offset).indexOf(10) < 0) return false;
  const end = bytes.indexOf(10, offset);
  const { fault } = validate(bytes, offset, end < 0 ? bytes.length : end);
  return fault === undefined || (fault.kind === 'end' && end < 0);
}

/** Fetches a whole file and converts it to UTF-8. `progress` receives the number of bytes so far. */
export async function fetchUtf8(url: string, progress: (bytes: number) => void): Promise<Uint8Array> {
  const response = await fetchFile(url);
  let bytes = new Uint8Array(Number(response.headers.get('Content-Length')) || 1 << 20);
  let filled = 0;
  for await (const chunk of chunksOf(response)) {
    if (filled + chunk.length > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, filled + chunk.length));
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(chunk, filled);
    filled += chunk.length;
    progress(filled);
  }
  return toUtf8(bytes.subarray(0, filled));
}

/** Converts a text to UTF-8, from the encoding that its first bytes suggest. */
export function toUtf8(bytes: Uint8Array): Uint8Array {
  const { charset } = detectCharset(bytes.subarray(0, 4096));
  return charset === 'utf-8' ? bytes : new TextEncoder().encode(new TextDecoder(charset).decode(bytes));
}
