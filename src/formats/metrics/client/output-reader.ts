import { count, plural } from '../../../shared/kit/text/numbers.ts';
import type { LineReader, Sample } from '../shared/sample.ts';
import { readerOf, type Tool, toolOf } from '../shared/tools.ts';
import { createStore, type Store, type Table } from './store.ts';

/** Longest line, characters. No tool writes longer ones. */
const MAX_LINE = 200_000;

/** Reads the output of a tool, piece by piece, into tables. */
export class OutputReader {
  readonly #store: Store = createStore();
  #readLine: LineReader;
  /** The text after the last line feed. */
  #incompleteLine = '';
  #unknownLines = 0;

  constructor(tool: Tool) {
    this.#readLine = this.#readerOf(tool);
  }

  get tables(): ReadonlyMap<string, Table> {
    return this.#store.tables;
  }

  /** Number of lines that are not output of the tool. */
  get unknownLines(): number {
    return this.#unknownLines;
  }

  /** Changes the tool to the one whose output begins with `text`, if that is known. */
  detectTool(text: string): void {
    const tool = toolOf(text);
    if (tool) this.#readLine = this.#readerOf(tool);
  }

  addSamples(samples: readonly Sample[]): void {
    for (const sample of samples) this.#store.add(sample);
  }

  /** Reads the lines that a piece of output completes. */
  addText(piece: string): void {
    const lines = (this.#incompleteLine + piece).split('\n');
    this.#incompleteLine = lines.pop() ?? '';
    if (this.#incompleteLine.length > MAX_LINE) this.#incompleteLine = '';
    for (const line of lines) this.#addLine(line);
  }

  /** Reads the last line, which may have no line feed. */
  end(): void {
    this.#addLine(this.#incompleteLine);
    this.#incompleteLine = '';
  }

  /** Discards the incomplete line, because a part of the output is skipped. */
  discardIncompleteLine(): void {
    this.#incompleteLine = '';
  }

  #addLine(line: string): void {
    if (!this.#readLine(line.replace(/\r$/, ''))) this.#unknownLines++;
  }

  #readerOf(tool: Tool): LineReader {
    return readerOf(tool, (sample) => this.#store.add(sample));
  }
}

/** The number of reports: that of the table with the most. */
export function reportCount(tables: ReadonlyMap<string, Table>): number {
  return Math.max(0, ...[...tables.values()].map(({ times }) => times.length));
}

const SIZES_NOTES = {
  assumed: 'memory taken for KiB: the output does not tell its unit',
  unknown: 'the output does not tell the unit of memory',
} as const;

function sizesNotes(tables: ReadonlyMap<string, Table>): string[] {
  return [...new Set([...tables.values()].flatMap(({ sizes }) => (sizes ? [SIZES_NOTES[sizes]] : [])))];
}

/** The summary line of the page: `3 reports · 1 line not understood`. */
export function summaryOf({ tables, unknownLines }: Pick<OutputReader, 'tables' | 'unknownLines'>): string {
  const omitted = [...tables.values()].reduce((sum, table) => sum + table.omitted, 0);
  return [
    plural(reportCount(tables), 'report'),
    ...sizesNotes(tables),
    ...(unknownLines > 0 ? [`${plural(unknownLines, 'line')} not understood`] : []),
    ...(omitted > 0 ? [`${count(omitted)} values left out: too many devices or processes`] : []),
  ].join(' · ');
}
