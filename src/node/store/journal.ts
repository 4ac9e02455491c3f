import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { ScrollEvent } from '../../shared/events.ts';

/** How long the sync of an accepted entry waits for the line that says how rendering ended, milliseconds. */
const MOMENT = 12;

/** A line that the system has and the disk has not. */
interface Line {
  /** Nothing more is to be expected of its entry for now. */
  readonly last: boolean;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The journal of one scroll: a line an event, appended at once and synced. Lines that come while the disk is busy are
 * synced together, so that many shows at a time cost few syncs.
 */
export class Journal {
  #file: FileHandle;
  #unsynced: Line[] = [];
  #hurry = () => {};
  #syncing: Promise<void> | undefined;
  #broken: unknown;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens the journal for its owner. A last line that a crash left without its end is cut off.
   * @returns the journal and the events in it
   */
  static async open(path: string): Promise<{ journal: Journal; events: ScrollEvent[] }> {
    const file = await open(path, 'a+', 0o600);
    try {
      const bytes = await file.readFile();
      const whole = bytes.lastIndexOf(10) + 1;
      const events = parseJournal(bytes.subarray(0, whole).toString('utf8'), path);
      if (whole < bytes.length) await file.truncate(whole);
      return { journal: new Journal(file), events };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends an event. Calls `written` when the system has it (it outlives this process), which is before this returns, so
   * that whatever is done because of an event is done after its line; settles when it is on disk (it outlives the
   * machine's power). After a write that failed every later one fails too: a journal has no gaps.
   */
  append(event: ScrollEvent, written: () => void): Promise<void> {
    try {
      if (this.#broken) throw this.#broken;
      this.#write(Buffer.from(`${JSON.stringify(event)}\n`));
    } catch (cause) {
      return Promise.reject(this.#fail([], cause));
    }
    written();
    const last = event.event !== 'accepted';
    const done = new Promise<void>((settle, fail) => this.#unsynced.push({ last, settle, fail }));
    this.#syncing ??= this.#sync();
    if (last) this.#hurry();
    return done;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file.fd, bytes, at);
  }

  /**
   * Writes go on while the disk is busy: whoever only looks does not wait for it. Most entries are rendered a moment
   * after they are accepted, so the sync waits for that: it serves both lines, and a busy disk would make the page wait.
   */
  async #sync(): Promise<void> {
    while (this.#unsynced.length > 0) {
      if (!this.#unsynced.some(({ last }) => last)) await this.#moment();
      const batch = this.#unsynced.splice(0);
      try {
        await this.#file.datasync();
        for (const { settle } of batch) settle();
      } catch (cause) {
        this.#fail(batch, cause);
      }
    }
    this.#syncing = undefined;
  }

  #moment(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MOMENT);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Nothing can be written any more; gives the error that says so. */
  #fail(batch: readonly Line[], cause: unknown): unknown {
    this.#broken ??= new WpError(
      'scroll',
      `the journal cannot be written: ${messageOf(cause)}`,
      'free space on the disk and start again',
      { cause },
    );
    for (const { fail } of batch) fail(this.#broken);
    return this.#broken;
  }

  async close(): Promise<void> {
    await this.#syncing;
    await this.#file.close();
  }
}

/**
 * The events in the text of a journal. What is not a whole line at its end is left out.
 * @throws WpError that names the line which is no event
 */
export function parseJournal(text: string, path: string): ScrollEvent[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, i) => {
    try {
      const value: unknown = JSON.parse(line);
      if (isEvent(value)) return value;
    } catch {
      // Told below.
    }
    throw new WpError(
      'scroll',
      `line ${i + 1} of ${path} is not an event`,
      'move the scroll away, or cut the line out',
    );
  });
}

/** Journals are written by webpipe alone; this finds what a disk or an editor has spoiled. */
function isEvent(value: unknown): value is ScrollEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'event' in value &&
    'n' in value &&
    'id' in value &&
    typeof value.n === 'number'
  );
}
