import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, WpError } from '../model/errors.ts';
import type { ScrollEvent } from '../model/events.ts';

/** How long the sync of an accepted entry waits for the line that says how rendering ended, milliseconds. */
const MOMENT = 12;

/** A line on its way to the disk. */
interface Line {
  readonly line: string;
  /** Nothing more is to be expected of its entry for now. */
  readonly last: boolean;
  readonly written: () => void;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The journal of one scroll: a line an event, appended and synced. Lines that come while the disk is busy go with the
 * next write, so that many shows at a time cost few syncs.
 */
export class Journal {
  #file: FileHandle;
  #waiting: Line[] = [];
  #unsynced: Line[] = [];
  #hurry = () => {};
  #writing: Promise<void> | undefined;
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
   * Appends an event. Calls `written` when the system has it (it outlives this process) and settles when it is on disk
   * (it outlives the machine's power). After a write that failed every later one fails too: a journal has no gaps.
   */
  append(event: ScrollEvent, written: () => void): Promise<void> {
    const done = new Promise<void>((settle, fail) => {
      const line = `${JSON.stringify(event)}\n`;
      this.#waiting.push({ line, last: event.event !== 'accepted', written, settle, fail });
    });
    this.#writing ??= this.#write();
    return done;
  }

  async #write(): Promise<void> {
    // One turn of patience: what arrives together is written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        if (this.#broken) throw this.#broken;
        await this.#file.appendFile(batch.map(({ line }) => line).join(''));
        for (const { written } of batch) written();
        this.#unsynced.push(...batch);
        this.#syncing ??= this.#sync();
        if (batch.some(({ last }) => last)) this.#hurry();
      } catch (cause) {
        this.#fail(batch, cause);
      }
    }
    this.#writing = undefined;
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

  #fail(batch: readonly { fail: (error: unknown) => void }[], cause: unknown): void {
    this.#broken ??= new WpError(
      'scroll',
      `the journal cannot be written: ${messageOf(cause)}`,
      'free space on the disk and start again',
      { cause },
    );
    for (const { fail } of batch) fail(this.#broken);
  }

  async close(): Promise<void> {
    await this.#writing;
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
