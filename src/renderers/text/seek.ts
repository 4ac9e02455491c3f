import { type Charset, countNewlines } from './charset.ts';
import { chunksOf, fetchRange } from './range.ts';

const STEP = 4 * 1024 * 1024;

/** Counts the lines of the whole file as it streams by; `progress` hears how many there are after how many bytes. */
export async function countLines(
  url: string,
  charset: Charset,
  progress: (lines: number, bytes: number) => void,
): Promise<number> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  let lines = 0;
  let bytes = 0;
  let odd = new Uint8Array();
  let last = 10;
  let shown = 0;
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    last = chunk[chunk.length - 1] ?? last;
    if (charset.startsWith('utf-16')) {
      const joined = new Uint8Array(odd.length + chunk.length);
      joined.set(odd);
      joined.set(chunk, odd.length);
      lines += countNewlines(joined, charset);
      odd = joined.slice(joined.length - (joined.length % 2));
    } else lines += countNewlines(chunk, charset);
    if (bytes - shown > STEP) {
      shown = bytes;
      progress(lines, bytes);
    }
  }
  // A last line without a line end is a line too.
  return lines + (last === 10 || charset.startsWith('utf-16') ? 0 : 1);
}

/**
 * The offset of the next `text` in the file from `from` on, then from its beginning; undefined if it is not in it.
 * Letters of ASCII fit in either case. `going` says whether to go on, and hears how far it is.
 */
export async function findText(
  url: string,
  size: number,
  text: string,
  from: number,
  charset: Charset,
  going: (at: number) => boolean,
): Promise<number | undefined> {
  const wanted = encode(text, charset);
  if (wanted.length === 0) return undefined;
  for (const [start, end] of [
    [from, size],
    [0, Math.min(size, from + wanted.length)],
  ] as const) {
    for (let at = start; at < end; at += STEP) {
      if (!going(at)) return undefined;
      const { bytes } = await fetchRange(url, at, Math.min(end, at + STEP + wanted.length));
      const found = indexOf(bytes, wanted);
      if (found >= 0) return at + found;
    }
  }
  return undefined;
}

function encode(text: string, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return new TextEncoder().encode(text);
  if (charset === 'windows-1252') return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
  const out = new Uint8Array(text.length * 2);
  const view = new DataView(out.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), charset === 'utf-16le');
  return out;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const low = wanted.map(lower);
  const first = low[0] ?? 0;
  for (let i = 0; i + low.length <= bytes.length; i++) {
    if (lower(bytes[i] ?? 0) !== first) continue;
    let k = 1;
    while (k < low.length && lower(bytes[i + k] ?? 0) === low[k]) k++;
    if (k === low.length) return i;
  }
  return -1;
}
