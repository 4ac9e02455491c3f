import { byteFinder } from '../text/byte-finder.ts';
import type { RowBytes } from './delimited-text.ts';
import { grow } from './typed-arrays.ts';

/** Maps bytes of ASCII capitals to small letters. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** The rows that contain a text, ignoring case, in file order. */
export function matchingRows({ bytes, starts, ends }: RowBytes, text: string): Uint32Array {
  const finder = byteFinder(text);
  let found = new Uint32Array(1024);
  let count = 0;
  for (let row = 0; row < starts.length; row++) {
    if (finder.indexIn(bytes, starts[row] ?? 0, ends[row] ?? 0) < 0) continue;
    if (count === found.length) found = grow(found);
    found[count++] = row;
  }
  return found.slice(0, count);
}
