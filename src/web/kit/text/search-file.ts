import { chunksOf, fetchFile, fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { byteFinder } from '../../../shared/kit/text/byte-finder.ts';
import { type Charset, codeUnitBytes, countNewlines } from '../../../shared/kit/text/charset.ts';

const CHUNK = 4 * 1024 * 1024;

/** Counts the lines of a file while streaming it. `progress` receives the lines and bytes so far. */
export async function countLines(
  url: string,
  charset: Charset,
  progress: (lines: number, bytes: number) => void,
): Promise<number> {
  const response = await fetchFile(url);
  let lines = 0;
  let bytes = 0;
  let odd = new Uint8Array();
  let last = 10;
  let reportedBytes = 0;
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
    if (bytes - reportedBytes > CHUNK) {
      reportedBytes = bytes;
      progress(lines, bytes);
    }
  }
  // Count a last line without a line end.
  return lines + (last === 10 || charset.startsWith('utf-16') ? 0 : 1);
}

/**
 * Searches a file for `text`, ignoring case, from offset `from` to the end and then from the beginning.
 * @param shouldContinue receives the current offset; false cancels the search
 * @returns the offset of the first match; undefined if there is none
 */
export async function findText(
  url: string,
  size: number,
  text: string,
  from: number,
  charset: Charset,
  shouldContinue: (offset: number) => boolean,
): Promise<number | undefined> {
  const finder = byteFinder(text, charset);
  if (finder.maxBytes === 0) return undefined;
  for (const [start, end] of [
    [from, size],
    [0, Math.min(size, from + finder.maxBytes)],
  ] as const) {
    for (let at = start; at < end; at += CHUNK) {
      if (!shouldContinue(at)) return undefined;
      const { bytes } = await fetchRange(url, at, Math.min(end, at + CHUNK + finder.maxBytes));
      let found = finder.indexIn(bytes, 0, bytes.length);
      // A match at an odd offset of UTF-16 spans halves of two code units.
      while (found >= 0 && found % codeUnitBytes(charset) !== 0) found = finder.indexIn(bytes, found + 1, bytes.length);
      if (found >= 0) return at + found;
    }
  }
  return undefined;
}
