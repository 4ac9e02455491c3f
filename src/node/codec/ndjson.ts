import { WpError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import { parseRecord, type WireRecord } from '../../shared/records.ts';
import { decodeBase64 } from './base64.ts';
import { Body } from './body.ts';
import { decodePair } from './netstrings.ts';
import { ByteReader, type Patience } from './reader.ts';

/** The longest line a record may be, bytes. */
export const MAX_RECORD = 64 * 1024;

/** The longest piece of a stream in base64, bytes. */
const MAX_PIECE = 1024 * 1024;

const BRACE = 0x7b;
const SLASH = 0x2f;

export interface DecodeOptions {
  /**
   * How a line that is no record is taken: `'relative'` as a path, made absolute by `resolve` as those in
   * records are (a pipe on this machine); `'absolute'` as a path if it begins with `/` (a local socket); `'none'` as an error.
   */
  readonly bare: 'relative' | 'absolute' | 'none';
  /** Whether a first byte that is a digit begins what a client of 2014 sends. */
  readonly legacy?: boolean;
  /** How long a peer is waited for in the middle of a record; for ever if it is not given. */
  readonly patience?: Patience;
  /** Makes a path absolute; needed for `'relative'`. */
  readonly resolve?: (path: string) => string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes to messages: newline-delimited JSON in which a record with `length` is followed by that many bytes. The next
 * message comes when the body of the one before has been read, or given up by its iterator's `return`.
 * @throws WpError for what is no record; the stream is out of step then and must be closed
 */
export async function* decode(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<Message> {
  const reader = new ByteReader(bytes, options.patience);
  for (let n = 0; ; n++) {
    const first = await reader.peek();
    if (first === undefined) return;
    if (options.legacy && n === 0 && isDigit(first)) return yield* decodePair(reader);
    // Told by the first byte: a stranger's greeting may have no end of line that one could wait for.
    if (
      options.bare !== 'relative' &&
      !isBlank(first) &&
      first !== BRACE &&
      !(first === SLASH && options.bare === 'absolute')
    ) {
      throw isDigit(first) && options.legacy === false ? notLegacy() : notRecord();
    }
    const line = await reader.line(MAX_RECORD);
    if (line === undefined) return;
    const text = decodeText(line).replace(/\r$/, '');
    if (text.trim() === '') continue;
    const record = recordOf(text, options);
    if (record.length === undefined) {
      yield { record };
      continue;
    }
    const body = new Body(reader.bytes(Number(record.length)));
    yield record.encoding === undefined ? { record, body } : await decoded(record, body);
    await body.done;
  }
}

/**
 * A message whose body came as base64 text, from a sender that has no other way to send bytes. A piece of a stream is
 * small, and is read at once, so that its length can be told to those who come after.
 * @throws WpError for another encoding, or a piece that is too large
 */
async function decoded(record: WireRecord, text: Body): Promise<Message> {
  const { encoding, ...plain } = record;
  if (encoding !== 'base64')
    throw new WpError(
      'record',
      `the encoding ${JSON.stringify(encoding).slice(0, 80)} is not known`,
      'it is base64, or none',
    );
  const body = decodeBase64(text);
  if (plain.kind !== 'more') return { record: plain as WireRecord, body };
  if (Number(plain.length) > MAX_PIECE)
    throw new WpError('record', `a piece in base64 has ${plain.length} bytes`, `send at most ${MAX_PIECE} at a time`);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return {
    record: { ...plain, length: bytes.length } as WireRecord,
    body: (async function* () {
      yield bytes;
    })(),
  };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isBlank(byte: number): boolean {
  return byte === 10 || byte === 13 || byte === 32 || byte === 9;
}

function decodeText(line: Uint8Array): string {
  try {
    return utf8.decode(line);
  } catch (cause) {
    throw new WpError('record', 'a line is not UTF-8', 'rename the file or send it by value', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new WpError('record', `a line is not JSON: ${shown}`, 'a record is a JSON object on one line', { cause });
  }
}

/** The record that a line is: JSON, or a path on its own where that is allowed. */
function recordOf(text: string, options: DecodeOptions): WireRecord {
  const { bare, resolve = (path: string) => path } = options;
  if (!/^\s*\{/.test(text)) {
    if (bare === 'none' || (bare === 'absolute' && !text.startsWith('/'))) throw notRecord();
    return parseRecord({ kind: 'file', path: bare === 'relative' ? resolve(text) : text });
  }
  const record = parseRecord(parseJson(text));
  const isRelative = record.kind === 'file' && typeof record.path === 'string' && bare === 'relative';
  return isRelative ? { ...record, path: resolve(record.path ?? '') } : record;
}

function notLegacy(): WpError {
  return new WpError('record', 'this is what clients of 2014 send', 'start the receiver with --legacy to take it');
}

function notRecord(): WpError {
  return new WpError(
    'record',
    'this is neither a record nor an absolute path',
    'a record is a JSON object on one line',
  );
}

const encoder = new TextEncoder();

/** A record as its line, in bytes. */
export function encodeRecord(record: WireRecord): Uint8Array {
  return encoder.encode(`${JSON.stringify(record)}\n`);
}

/** A message as bytes: its line, then its body. */
export async function* encode(message: Message): AsyncGenerator<Uint8Array> {
  yield encodeRecord(message.record);
  if (message.body) yield* message.body;
}
