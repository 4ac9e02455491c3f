import { count } from '../../../shared/kit/text/numbers.ts';

/** Counts the lines of a file that could not be parsed. */
export interface BadLines {
  /** Records a bad line by its number, from 1. */
  add(line: number): void;
  /** One sentence for the page, or none. */
  notes(): string[];
}

/** @param problem what is wrong with the lines, after "Lines that": `could not be read` */
export function badLines(problem: string): BadLines {
  let lines = 0;
  let first = 0;
  return {
    add(line) {
      if (lines++ === 0) first = line;
    },
    notes: () => {
      if (lines === 0) return [];
      return [`Lines that ${problem}: ${count(lines)}, the first of them line ${count(first)}.`];
    },
  };
}

/** A note for the page if only a part of the file was read. */
export function partialReadNotes(read: number, size: number): string[] {
  if (read >= size) return [];
  return [`Only the first ${Math.floor((read / size) * 100)} % of the file were read: it is very large.`];
}
