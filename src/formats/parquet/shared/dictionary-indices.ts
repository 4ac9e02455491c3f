import type { Body } from './body.ts';
import { bitPackedValue, readRun, rleValues, TRUNCATED } from './rle.ts';

/** Bytes of runs read at a time. */
const BATCH_BYTES = 128 * 1024;

/** The dictionary indices of some values of a page, up to before the value `end`. */
export interface DictionaryIndices {
  readonly end: number;
  entryOf(index: number): number;
}

interface RunPosition {
  /** Index of the run's first value. */
  readonly index: number;
  /** Byte offset of the run in the body. */
  readonly at: number;
}

/**
 * Reads the dictionary indices of a page, `count` of them, from byte `at` of its body on. The result reads that of the
 * value `first` and, if they are near, those up to before `end`. It remembers the positions of some runs, but no indices.
 * Throws if the page has fewer.
 */
export function dictionaryIndices(
  body: Body,
  at: number,
  bitWidth: number,
  count: number,
): (first: number, end: number) => Promise<DictionaryIndices> {
  if (bitWidth > 32) throw new Error(`a page has dictionary indices of ${bitWidth} bits`);
  const knownRuns: RunPosition[] = [{ index: 0, at }];
  return async (first, end) => {
    const last = Math.min(end, count);
    let start = knownRuns.findLast(({ index }) => index <= first)!;
    for (;;) {
      const bytes = await body.read(start.at, Math.min(body.size, start.at + BATCH_BYTES));
      let { index } = start;
      let next = 0;
      /** The run that contains `first`; `at` is an offset in `bytes`. */
      let firstRun: RunPosition | undefined;
      while (index < last && next <= bytes.length) {
        const run = readRun(bytes, next, bitWidth);
        if (!run) break;
        const runEnd = index + run.count;
        if (runEnd > first && run.end > bytes.length) {
          if (firstRun || !run.isBitPacked) break;
          // A long bit-packed run: read only the groups of eight values that are needed.
          const skippedGroups = Math.floor((first - index) / 8);
          const stop = Math.min(last, runEnd);
          const from = start.at + run.begin + skippedGroups * bitWidth;
          const to = start.at + run.begin + Math.ceil((stop - index) / 8) * bitWidth;
          const groups = await body.read(from, Math.min(body.size, to));
          if (8 * groups.length < (stop - index - 8 * skippedGroups) * bitWidth) throw new Error(TRUNCATED);
          const begin = index + 8 * skippedGroups;
          return { end: stop, entryOf: (value) => bitPackedValue(groups, (value - begin) * bitWidth, bitWidth) };
        }
        if (runEnd > first) firstRun ??= { index, at: next };
        index = runEnd;
        next = run.end;
      }
      if (firstRun) {
        const { index: begin, at: from } = firstRun;
        const entryAt = rleValues(bytes.subarray(from, next), bitWidth, index - begin);
        remember({ index: begin, at: start.at + from });
        return { end: Math.min(count, index), entryOf: (value) => entryAt(value - begin) };
      }
      // Continue after these runs.
      if (next === 0 || start.at + next >= body.size) throw new Error(TRUNCATED);
      start = { index, at: start.at + next };
      remember(start);
    }
  };

  function remember(run: RunPosition): void {
    if (run.at > knownRuns.at(-1)!.at) knownRuns.push(run);
  }
}
