import { type Charset, decode } from '../../../shared/kit/text/charset.ts';
import { type FileDiff, fileStarts, parseFile } from './parse.ts';

/** What a piece of a patch holds. */
export interface Pieces {
  /** Text before the first file. */
  readonly before: string;
  /** `start`: its first byte in the piece; `cut`: its end is not in the piece. */
  readonly files: readonly { readonly file: FileDiff; readonly start: number; readonly cut: boolean }[];
  /** Where the next piece begins: behind the last file that is whole, or behind all where there is none. */
  readonly end: number;
}

/** Reads the diffs in a piece of a patch. `more`: the patch goes on behind it. */
export function piecesOf(bytes: Uint8Array, charset: Charset, more: boolean): Pieces {
  const starts = fileStarts(latin1(bytes));
  // The last one is left for the next piece, unless it is the only one.
  const last = starts.at(-1);
  const wait = more && last !== undefined && last > (starts[0] ?? 0);
  const end = wait ? last : bytes.length;
  const whole = wait ? starts.slice(0, -1) : starts;
  const files = whole.map((start, i) => {
    const cut = more && !wait;
    const text = decode(bytes.subarray(start, whole[i + 1] ?? end), charset);
    return { file: parseFile(text, cut), start, cut };
  });
  return { before: decode(bytes.subarray(0, starts[0] ?? end), charset), files, end };
}

function latin1(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 8192) out += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return out;
}
