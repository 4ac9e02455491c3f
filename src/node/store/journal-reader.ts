import { type FileHandle, open } from 'node:fs/promises';
import type { Entry } from '../../shared/entry.ts';
import { hasCode, messageOf } from '../../shared/errors.ts';
import { type JournalLine, parseJournalLine } from '../../shared/events.ts';
import { damageReport } from './damage.ts';
import { diskFileReader } from './disk-files.ts';
import { fileIdentity, journalIdentity, linesOf } from './journal.ts';
import { scrollPaths } from './layout.ts';
import { ScrollState } from './scroll-state.ts';
import type { FileReader, ScrollReader, SequencedEvent } from './store.ts';

/** How often the journal is checked for new lines, milliseconds. */
const INTERVAL = 500;

/** Opens a scroll on disk for reading; see `Store.openReader`. @param name a valid name */
export async function openDiskReader(
  dir: string,
  name: string,
  warn: (line: string) => void,
): Promise<ScrollReader | undefined> {
  const { journal: path } = scrollPaths(dir, name);
  const file = await openJournal(path);
  if (!file) return undefined;
  try {
    const bytes = await file.readFile();
    const size = bytes.lastIndexOf(10) + 1;
    const lines = linesOf(bytes.subarray(0, size)).map(parseJournalLine);
    const damaged = lines.flatMap(({ kind }, i) => (kind === 'damaged' ? [i + 1] : []));
    if (damaged.length > 0) warn(damageReport(name, damaged, 'skipped; "wp run" moves it out of the way'));
    const info = await file.stat();
    const identity = journalIdentity(info, lines);
    return new JournalReader({ dir, name, identity, file: fileIdentity(info), size, lines, warn });
  } finally {
    await file.close();
  }
}

/** Opens a journal for reading. @returns undefined if it does not exist */
async function openJournal(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  });
}

interface JournalReaderParts {
  readonly dir: string;
  readonly name: string;
  readonly identity: string;
  readonly file: string;
  /** Bytes of complete lines that have been read. */
  readonly size: number;
  readonly lines: readonly JournalLine[];
  readonly warn: (line: string) => void;
}

/** Follows a journal that another process writes. */
class JournalReader implements ScrollReader {
  readonly name: string;
  readonly journal: string;
  readonly files: FileReader;
  #path: string;
  #file: string;
  #size: number;
  #state: ScrollState;
  #warn: (line: string) => void;
  /** The last error that was reported, so that a lasting one is reported once. */
  #reported: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ dir, name, identity, file, size, lines, warn }: JournalReaderParts) {
    const paths = scrollPaths(dir, name);
    this.name = name;
    this.journal = identity;
    this.files = diskFileReader(paths);
    this.#path = paths.journal;
    this.#file = file;
    this.#size = size;
    this.#state = new ScrollState(lines);
    this.#warn = warn;
    this.#schedule();
  }

  get seq(): number {
    return this.#state.seq;
  }

  get entries(): readonly Entry[] {
    return this.#state.entries;
  }

  entry(id: string): Entry | undefined {
    return this.#state.entry(id);
  }

  entryAt(n: number): Entry | undefined {
    return this.#state.entryAt(n);
  }

  eventsAfter(seq: number): readonly SequencedEvent[] {
    return this.#state.eventsAfter(seq);
  }

  subscribe(onEvent: (event: SequencedEvent) => void, onEnd?: () => void): () => void {
    return this.#state.subscribe(onEvent, onEnd);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#poll(), INTERVAL).unref();
  }

  async #poll(): Promise<void> {
    try {
      const isSame = await this.#readNewLines();
      this.#reported = undefined;
      if (!isSame && !this.#isClosed) {
        await this.close();
        return this.#state.end();
      }
    } catch (error) {
      const message = `scroll ${this.name}: its journal cannot be read: ${messageOf(error)}; trying again`;
      if (message !== this.#reported) this.#warn(message);
      this.#reported = message;
    }
    if (!this.#isClosed) this.#schedule();
  }

  /** Reads the lines that were appended since the last time. @returns whether this is still the same journal */
  async #readNewLines(): Promise<boolean> {
    const file = await openJournal(this.#path);
    if (!file) return false;
    try {
      const info = await file.stat();
      const { size } = info;
      // A journal never becomes shorter, except by a last line without a newline, which has not been counted.
      if (fileIdentity(info) !== this.#file || size < this.#size) return false;
      if (size === this.#size) return true;
      const bytes = Buffer.alloc(size - this.#size);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#size);
      const complete = bytes.lastIndexOf(10, bytesRead - 1) + 1;
      this.#size += complete;
      for (const text of linesOf(bytes.subarray(0, complete))) this.#take(parseJournalLine(text));
      return true;
    } finally {
      await file.close();
    }
  }

  #take(line: JournalLine): void {
    const event = this.#state.addLine(line);
    if (line.kind === 'damaged') this.#warn(damageReport(this.name, [this.#state.seq], 'skipped'));
    if (event) this.#state.notify(event);
  }
}
