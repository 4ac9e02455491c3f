import type { Body } from './body.ts';
import { bitPackedValue, readRun, rleValues, TRUNCATED } from './rle.ts';

/** Bytes of runs per read. */
const BATCH_BYTES = 128 * 1024;

/** The dictionary indices of some values of a page. */
export interface DictionaryIndices {
  /** Index after that of the last value. */
  readonly end: number;
  /** The dictionary entry of a value. */
  entryOf(index: number): number;
}

interface RunPosition {
  /** Index of the run's first value. */
  readonly index: number;
  /** Byte offset of the run. */
  readonly offset: number;
}

/**
 * Reads the `count` dictionary indices of a page, from byte `offset` of its body on. The returned function reads the
 * index of the value `first` and, if they are in the same batch, of the values up to `end` (exclusive). It remembers
 * the positions of some runs, but no indices. It throws if the page contains fewer indices.
 */
export function dictionaryIndices(
  body: Body,
  offset: number,
  bitWidth: number,
  count: number,
): (first: number, end: number) => Promise<DictionaryIndices> {
  if (bitWidth > 32) throw new Error(`a page has dictionary indices of ${bitWidth} bits`);
  const knownRuns: RunPosition[] = [{ index: 0, offset }];
  return async (first, end) => {
    const last = Math.min(end, count);
    let start = knownRuns.findLast(({ index }) => index <= first)!;
    for (;;) {
      const bytes = await body.read(start.offset, Math.min(body.size, start.offset + BATCH_BYTES));
      let { index } = start;
      let next = 0;
      /** The run that contains `first`; its offset is in `bytes`. */
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
          const from = start.offset + run.begin + skippedGroups * bitWidth;
          const to = start.offset + run.begin + Math.ceil((stop - index) / 8) * bitWidth;
          const groups = await body.read(from, Math.min(body.size, to));
          if (8 * groups.length < (stop - index - 8 * skippedGroups) * bitWidth) throw new Error(TRUNCATED);
          const begin = index + 8 * skippedGroups;
          return { end: stop, entryOf: (value) => bitPackedValue(groups, (value - begin) * bitWidth, bitWidth) };
        }
        if (runEnd > first) firstRun ??= { index, offset: next };
        index = runEnd;
        next = run.end;
      }
      if (firstRun) {
        const { index: begin, offset: from } = firstRun;
        const entryAt = rleValues(bytes.subarray(from, next), bitWidth, index - begin);
        remember({ index: begin, offset: start.offset + from });
        return { end: Math.min(count, index), entryOf: (value) => entryAt(value - begin) };
      }
      // Continue after these runs.
      if (next === 0 || start.offset + next >= body.size) throw new Error(TRUNCATED);
      start = { index, offset: start.offset + next };
      remember(start);
    }
  };

  function remember(run: RunPosition): void {
    if (run.offset > knownRuns.at(-1)!.offset) knownRuns.push(run);
  }
}
