import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';

/** Bytes that are fetched at a time, and how many such parts are kept. */
const PART = 512 * 1024;
const KEPT = 64;

/** Reads small pieces of a file over HTTP: a part around each is fetched once. */
export function readAhead(url: string, size: number): (from: number, to: number) => Promise<Uint8Array> {
  const kept = new Map<number, Promise<Uint8Array>>();
  const part = (number: number): Promise<Uint8Array> => {
    let bytes = kept.get(number);
    if (!bytes) {
      const from = number * PART;
      bytes = fetchRange(url, from, Math.min(size, from + PART)).then((answer) => answer.bytes);
      kept.set(number, bytes);
      bytes.catch(() => kept.delete(number));
      if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? 0);
    }
    return bytes;
  };
  return async (from, to) => {
    const end = Math.min(to, size);
    const first = Math.floor(from / PART);
    const last = Math.floor(Math.max(from, end - 1) / PART);
    if (first === last) return (await part(first)).subarray(from - first * PART, end - first * PART);
    const bytes = new Uint8Array(end - from);
    for (let number = first; number <= last; number++) {
      const begin = number * PART;
      const piece = (await part(number)).subarray(Math.max(0, from - begin), end - begin);
      bytes.set(piece, Math.max(0, begin - from));
    }
    return bytes;
  };
}
