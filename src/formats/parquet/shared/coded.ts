import type { Body } from './body.ts';
import { codeAt, codesIn, runAt, SHORT } from './codes.ts';

/** Bytes of runs that are looked at together. */
const PIECE = 128 * 1024;

/** Some codes, up to before the one numbered `end`. */
export interface Codes {
  readonly end: number;
  codeOf(index: number): number;
}

/**
 * Reads the codes of a body, of which there are `count`, from byte `at` on: the one numbered `first` and, where they are
 * near, those up to `end`. None are kept, only where some runs begin. Throws where there are fewer.
 */
export function codesOf(
  body: Body,
  at: number,
  width: number,
  count: number,
): (first: number, end: number) => Promise<Codes> {
  if (width > 32) throw new Error(`a page has codes of ${width} bits`);
  const places = [{ index: 0, at }];
  return async (first, end) => {
    const last = Math.min(end, count);
    let place = places.findLast(({ index }) => index <= first)!;
    for (;;) {
      const bytes = await body.read(place.at, Math.min(body.size, place.at + PIECE));
      let { index } = place;
      let next = 0;
      let found: { readonly index: number; readonly at: number } | undefined;
      while (index < last && next <= bytes.length) {
        const run = runAt(bytes, next, width);
        if (!run) break;
        const behind = index + run.count;
        if (behind > first && run.end > bytes.length) {
          if (found || !run.isPacked) break;
          // A long one, of which only some is read.
          const skipped = Math.floor((first - index) / 8);
          const stop = Math.min(last, behind);
          const from = place.at + run.begin + skipped * width;
          const to = place.at + run.begin + Math.ceil((stop - index) / 8) * width;
          const some = await body.read(from, Math.min(body.size, to));
          if (8 * some.length < (stop - index - 8 * skipped) * width) throw new Error(SHORT);
          const begin = index + 8 * skipped;
          return { end: stop, codeOf: (one) => codeAt(some, (one - begin) * width, width) };
        }
        if (behind > first) found ??= { index, at: next };
        index = behind;
        next = run.end;
      }
      if (found) {
        const { index: begin, at: from } = found;
        const codes = codesIn(bytes.subarray(from, next), width, index - begin);
        keep({ index: begin, at: place.at + from });
        return { end: Math.min(count, index), codeOf: (one) => codes(one - begin) };
      }
      // On behind those.
      if (next === 0 || place.at + next >= body.size) throw new Error(SHORT);
      place = { index, at: place.at + next };
      keep(place);
    }
  };

  function keep(place: { index: number; at: number }): void {
    if (place.at > places.at(-1)!.at) places.push(place);
  }
}
