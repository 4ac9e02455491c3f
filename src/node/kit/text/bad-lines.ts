import { count } from '../../../shared/kit/text/numbers.ts';

/** Lines that are not what they should be. */
export interface BadLines {
  /** The number of one, from 1. */
  add(line: number): void;
  /** What a reader should know: nothing or one sentence. */
  notes(): string[];
}

/** Counts such lines. @param what what is wrong with them: `could not be read` */
export function badLines(what: string): BadLines {
  let lines = 0;
  let first = 0;
  return {
    add(line) {
      if (lines++ === 0) first = line;
    },
    notes: () => {
      if (lines === 0) return [];
      return [`Lines that ${what}: ${count(lines)}, the first of them line ${count(first)}.`];
    },
  };
}

/** A note where not all bytes of a file were read. */
export function partialReadNotes(read: number, size: number): string[] {
  if (read >= size) return [];
  return [`Only the first ${Math.floor((read / size) * 100)} % of the file were read: it is very large.`];
}
