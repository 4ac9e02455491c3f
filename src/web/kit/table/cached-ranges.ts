import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';

/** The file is fetched in blocks of this size; this many are cached. */
const BLOCK_BYTES = 512 * 1024;
const MAX_CACHED_BLOCKS = 64;

/** Returns a function that reads bytes `from` to before `to` of a file over HTTP, through a cache of blocks. */
export function cachedRanges(url: string, size: number): (from: number, to: number) => Promise<Uint8Array> {
  const cache = new Map<number, Promise<Uint8Array>>();
  const block = (number: number): Promise<Uint8Array> => {
    let bytes = cache.get(number);
    if (!bytes) {
      const from = number * BLOCK_BYTES;
      bytes = fetchRange(url, from, Math.min(size, from + BLOCK_BYTES)).then((answer) => answer.bytes);
      cache.set(number, bytes);
      bytes.catch(() => cache.delete(number));
      if (cache.size > MAX_CACHED_BLOCKS) cache.delete(cache.keys().next().value ?? 0);
    }
    return bytes;
  };
  return async (from, to) => {
    const end = Math.min(to, size);
    const first = Math.floor(from / BLOCK_BYTES);
    const last = Math.floor(Math.max(from, end - 1) / BLOCK_BYTES);
    if (first === last) return (await block(first)).subarray(from - first * BLOCK_BYTES, end - first * BLOCK_BYTES);
    const bytes = new Uint8Array(end - from);
    for (let number = first; number <= last; number++) {
      const begin = number * BLOCK_BYTES;
      const piece = (await block(number)).subarray(Math.max(0, from - begin), end - begin);
      bytes.set(piece, Math.max(0, begin - from));
    }
    return bytes;
  };
}
