import type { Envelope } from '../../shared/envelope.ts';
import { WpError } from '../../shared/errors.ts';
import { formatLocal, parseLocal } from '../../shared/local.ts';
import { parseForeignRecord, parseRecord, type WireRecord } from '../../shared/records.ts';
import { decodeBase64 } from './base64.ts';
import { Body } from './body.ts';
import { decodePair } from './netstrings.ts';
import { ByteReader, type ReadLimits } from './reader.ts';

/** The longest line a record may be, bytes. */
export const MAX_RECORD = 64 * 1024;

/** The longest piece of a stream in base64, bytes. */
const MAX_PIECE = 1024 * 1024;

const BRACE = 0x7b;
const SLASH = 0x2f;

export interface DecodeOptions {
  /**
   * How to treat a line that is not JSON. `relative`: as a path, which `resolve` makes absolute, like the paths in
   * records (a pipe on this machine). `absolute`: as a path if it begins with `/` (a local socket). `none`: as an
   * error.
   */
  readonly bare: 'relative' | 'absolute' | 'none';
  /**
   * The sender. `local`: a process of this user on this machine. `foreign` (the default): anybody else; paths and local
   * facts in its records are ignored.
   */
  readonly peer?: 'local' | 'foreign';
  /** Whether a first byte that is a digit begins a pair of tagged netstrings, as clients of 2014 send them. */
  readonly legacy?: boolean;
  /** The limits for a slow peer in the middle of a record (default: none). */
  readonly readLimits?: ReadLimits;
  /** Makes a path absolute; needed for `'relative'`. */
  readonly resolve?: (path: string) => string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes newline-delimited JSON in which a record with `length` is followed by that many bytes. The next envelope is
 * available when the body of the previous one has been read, or abandoned with its iterator's `return`.
 * @throws WpError for bytes that are not a record; the stream is out of step then and must be closed
 */
export async function* decode(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<Envelope> {
  const reader = new ByteReader(bytes, options.readLimits);
  for (let n = 0; ; n++) {
    const first = await reader.peek();
    if (first === undefined) return;
    if (options.legacy && n === 0 && isDigit(first)) return yield* decodePair(reader);
    // Check the first byte now: input in another protocol may never contain a newline.
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
    const envelope = envelopeOf(parseLine(text, options), options);
    const { length, encoding } = envelope.record;
    if (length === undefined) {
      yield envelope;
      continue;
    }
    const body = new Body(reader.bytes(Number(length)));
    yield encoding === undefined ? { ...envelope, body } : await decodeEncoded(envelope, body);
    await body.done;
  }
}

/**
 * An envelope whose body is base64 text, from a sender that cannot send other bytes. A piece of a stream is small, so
 * it is decoded in memory and its record gets the decoded length.
 * @throws WpError for another encoding, or a piece that is too large
 */
async function decodeEncoded(envelope: Envelope, text: Body): Promise<Envelope> {
  const { encoding, ...record } = envelope.record;
  if (encoding !== 'base64')
    throw new WpError(
      'record',
      `the encoding ${JSON.stringify(encoding).slice(0, 80)} is not known`,
      'it is base64, or none',
    );
  const body = decodeBase64(text);
  if (record.kind !== 'more') return { ...envelope, record: record as WireRecord, body };
  if (Number(record.length) > MAX_PIECE)
    throw new WpError('record', `a piece in base64 has ${record.length} bytes`, `send at most ${MAX_PIECE} at a time`);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return {
    ...envelope,
    record: { ...record, length: bytes.length } as WireRecord,
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
    const excerpt = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new WpError('record', `a line is not JSON: ${excerpt}`, 'a record is a JSON object on one line', { cause });
  }
}

/** Parses a line: JSON, or a path if `bare` allows it, which becomes the record of a file. */
function parseLine(text: string, { bare }: DecodeOptions): unknown {
  if (/^\s*\{/.test(text)) return parseJson(text);
  if (bare === 'none' || (bare === 'absolute' && !text.startsWith('/'))) throw notRecord();
  return { kind: 'file', path: text };
}

/** Parses one record. What it may contain depends on the sender. */
function envelopeOf(value: unknown, { bare, peer, resolve = (path: string) => path }: DecodeOptions): Envelope {
  if (peer !== 'local') {
    const { record, path } = parseForeignRecord(value);
    return { record, foreign: true, ...(path === undefined ? {} : { foreignPath: path }) };
  }
  const { local, ...rest } = parseRecord(value);
  const record = rest as WireRecord;
  const isRelative = record.kind === 'file' && typeof record.path === 'string' && bare === 'relative';
  return {
    record: isRelative ? { ...record, path: resolve(record.path ?? '') } : record,
    ...(local === undefined ? {} : { local: parseLocal(local) }),
  };
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

/** Encodes a record as one line. */
export function encodeRecord(record: WireRecord): Uint8Array {
  return encoder.encode(`${JSON.stringify(record)}\n`);
}

/** Encodes an envelope: the line of its record, with its local facts if it has any, then its body. */
export async function* encode({ record, local, body }: Envelope): AsyncGenerator<Uint8Array> {
  const facts = formatLocal(local);
  yield encodeRecord(facts ? ({ ...record, local: facts } as WireRecord) : record);
  if (body) yield* body;
}
