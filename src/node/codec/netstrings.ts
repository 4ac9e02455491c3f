import type { Envelope } from '../../shared/envelope.ts';
import { WpError } from '../../shared/errors.ts';
import { type FileRecord, parseRecord } from '../../shared/records.ts';
import { Body } from './body.ts';
import type { ByteReader } from './reader.ts';

/** The limits: bytes in a dictionary, and digits in the length of a netstring. */
const MAX_DICTIONARY = 64 * 1024;
const MAX_DIGITS = 15;

const COLON = 0x3a;
const STRING = 0x2c;
const DICTIONARY = 0x7d;

/**
 * Decodes the protocol of 2014: one pair of tagged netstrings, `<length>:<bytes><tag>`. The first is a dictionary with
 * `filename` and optionally `hostname` and `filetype`, the second a string with the contents:
 * `19:8:filename,5:a.txt,}5:hello,`. Most of these clients wait until their peer closes the connection, so the decoder
 * reads nothing after the pair.
 * @throws WpError for anything else
 */
export async function* decodePair(reader: ByteReader): AsyncGenerator<Envelope<FileRecord>> {
  const length = await lengthOf(reader);
  if (length > MAX_DICTIONARY) throw malformed(`a dictionary of ${length} bytes`);
  const fields = parseDictionary(await collect(reader.bytes(length)));
  await expectTag(reader, DICTIONARY);
  const size = await lengthOf(reader);
  const record = parseRecord({
    kind: 'file',
    name: fields.get('filename') ?? 'file',
    ...(fields.has('hostname') ? { host: fields.get('hostname') } : {}),
    ...(fields.has('filetype') ? { type: fields.get('filetype') } : {}),
    length: size,
  }) as FileRecord;
  const bytes = (async function* () {
    yield* reader.bytes(size);
    // Without the final tag the contents are incomplete.
    await expectTag(reader, STRING);
  })();
  const body = new Body(bytes);
  yield { record, body, foreign: true };
  await body.done;
}

/** Reads the length of a netstring and the colon after it. */
async function lengthOf(reader: ByteReader): Promise<number> {
  let digits = '';
  for (;;) {
    const byte = (await collect(reader.bytes(1)))[0] ?? 0;
    if (byte === COLON && digits !== '') return Number(digits);
    if (byte < 0x30 || byte > 0x39 || digits.length >= MAX_DIGITS) throw malformed('no length');
    digits += String.fromCharCode(byte);
  }
}

async function expectTag(reader: ByteReader, tag: number): Promise<void> {
  const byte = (await collect(reader.bytes(1)))[0];
  if (byte !== tag) throw malformed(`the tag ${JSON.stringify(String.fromCharCode(byte ?? 0))}`);
}

/** The string values of a dictionary; values of other types are ignored. */
function parseDictionary(bytes: Uint8Array): Map<string, string> {
  const strings: { readonly text: string; readonly tag: number }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(COLON, at);
    const digits = decode(bytes.subarray(at, colon < 0 ? at : colon));
    if (!/^\d{1,6}$/.test(digits)) throw malformed('a dictionary that is none');
    const end = colon + 1 + Number(digits);
    if (end >= bytes.length) throw malformed('a dictionary that is cut off');
    strings.push({ text: decode(bytes.subarray(colon + 1, end)), tag: bytes[end] ?? 0 });
    at = end + 1;
  }
  const found = new Map<string, string>();
  for (let i = 0; i + 1 < strings.length; i += 2) {
    const [key, value] = [strings[i], strings[i + 1]];
    if (key?.tag === STRING && value?.tag === STRING) found.set(key.text, value.text);
  }
  return found;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

function malformed(what: string): WpError {
  return new WpError(
    'record',
    `${what} in what should be tagged netstrings`,
    'see the protocol of 2014 in docs/protocol.md',
  );
}
