import { concatenate, lastAtMost } from '../../../shared/kit/table/typed-arrays.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import type { IndexedTextSource } from './indexed-source.ts';

/** A file that is streamed, or read by ranges. */
type ByteSource = Pick<IndexedTextSource, 'stream' | 'range'>;

/** Size of the pieces whose offsets are recorded in both encodings, in bytes of the file. */
const PIECE = 64 * 1024;

/**
 * Reads a file in another encoding as if it were UTF-8: offsets count bytes of the converted text. `range` covers the
 * part that `stream` has delivered so far.
 *
 * @param file the text without a byte order mark, if it has one
 */
export function asUtf8(charset: Charset, file: ByteSource, piece = PIECE): ByteSource {
  // Offsets of the pieces in the file, and in UTF-8.
  const inFile = [0];
  const inText = [0];
  const encoder = new TextEncoder();
  const utf8 = (bytes: Uint8Array): Uint8Array =>
    // Why `stream`: see `decode` in text/charset.ts.
    encoder.encode(new TextDecoder(charset, { ignoreBOM: true }).decode(bytes, { stream: charset === 'windows-1252' }));

  async function* stream(): AsyncGenerator<Uint8Array> {
    let number = 0;
    for await (const bytes of pieces(file.stream(), piece, charset)) {
      const text = utf8(bytes);
      number++;
      inFile[number] = (inFile[number - 1] ?? 0) + bytes.length;
      inText[number] = (inText[number - 1] ?? 0) + text.length;
      yield text;
    }
  }

  async function range(from: number, to: number): Promise<Uint8Array> {
    const first = lastAtMost(inText, from);
    const end = Math.min(inText.length - 1, lastAtMost(inText, to - 1) + 1);
    if (from >= to || first >= end) return new Uint8Array();
    const bytes = await file.range(inFile[first] ?? 0, inFile[end] ?? 0);
    const start = inText[first] ?? 0;
    // A piece ends where a character does, so these are read as one.
    return utf8(bytes).subarray(from - start, to - start);
  }

  return { stream, range };
}

/** The same bytes in pieces of one size, or two less, so that none ends within a character. */
async function* pieces(stream: AsyncIterable<Uint8Array>, size: number, charset: Charset): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of stream) {
    const bytes = concatenate([rest, chunk]);
    let at = 0;
    while (bytes.length - at > size) {
      const end = at + size - (splitsSurrogatePair(bytes, at + size, charset) ? 2 : 0);
      yield bytes.subarray(at, end);
      at = end;
    }
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) yield rest;
}

/** Whether the two bytes before `end` are the first half of a character of UTF-16 that has four. */
function splitsSurrogatePair(bytes: Uint8Array, end: number, charset: Charset): boolean {
  if (charset === 'utf-8' || charset === 'windows-1252') return false;
  const high = bytes[charset === 'utf-16le' ? end - 1 : end - 2] ?? 0;
  return high >= 0xd8 && high < 0xdc;
}
