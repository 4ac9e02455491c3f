import { type Stats, writeSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { JournalLine, ScrollEvent } from '../../shared/events.ts';

/** How long the sync of an `accepted` event waits for the event that says how rendering ended, milliseconds. */
const RENDER_WAIT = 12;

/** A line that has been written and not yet synced. */
interface UnsyncedLine {
  /** No further event of this entry is expected soon. */
  readonly isFinal: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends events to the journal of one scroll, one line each. Lines that are written while a sync is in progress share
 * the next one, so that many concurrent appends need few syncs.
 */
export class Journal {
  #file: FileHandle;
  #unsynced: UnsyncedLine[] = [];
  #endRenderWait = () => {};
  #syncing: Promise<void> | undefined;
  #writeError: unknown;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens the journal for its owner, and creates it if it does not exist. A last line without a newline is
   * ended if it is complete otherwise, and removed if a crash cut it off.
   * @returns the journal and its complete lines, as text without newlines; bytes that are no UTF-8 are kept as U+FFFD
   */
  static async open(path: string): Promise<{ journal: Journal; lines: string[] }> {
    const file = await open(path, 'a+', 0o600);
    try {
      await endLastLine(file, path);
      return { journal: new Journal(file), lines: linesOf(await readFile(path)) };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends an event. `onWritten` is called before this returns, when the system has the line, so that it outlives this
   * process. The promise resolves when the line is on disk, so that it outlives a power failure. After a failed write
   * every later one fails too: a journal has no gaps.
   */
  append(event: ScrollEvent, onWritten: () => void): Promise<void> {
    try {
      if (this.#writeError) throw this.#writeError;
      this.#write(Buffer.from(`${JSON.stringify(event)}\n`));
    } catch (cause) {
      return Promise.reject(this.#fail([], cause));
    }
    onWritten();
    const isFinal = event.event !== 'accepted';
    const synced = new Promise<void>((resolve, reject) => this.#unsynced.push({ isFinal, resolve, reject }));
    this.#syncing ??= this.#sync();
    if (isFinal) this.#endRenderWait();
    return synced;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file.fd, bytes, at);
  }

  /**
   * Syncs until all lines are on disk. Most entries are rendered a few milliseconds after they are accepted; the sync
   * waits for that event, because a busy disk would delay the page.
   */
  async #sync(): Promise<void> {
    while (this.#unsynced.length > 0) {
      if (!this.#unsynced.some(({ isFinal }) => isFinal)) await this.#waitForRendering();
      const batch = this.#unsynced.splice(0);
      try {
        await this.#file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.#fail(batch, cause);
      }
    }
    this.#syncing = undefined;
  }

  #waitForRendering(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RENDER_WAIT);
      this.#endRenderWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Refuses this and all later writes. @returns the error that says so */
  #fail(batch: readonly UnsyncedLine[], cause: unknown): unknown {
    this.#writeError ??= new WpError(
      'scroll',
      `the journal cannot be written: ${messageOf(cause)}`,
      'free space on the disk and start again',
      { cause },
    );
    for (const { reject } of batch) reject(this.#writeError);
    return this.#writeError;
  }

  /** Closes the file when all lines are on disk. */
  async close(): Promise<void> {
    await this.#syncing;
    await this.#file.close();
  }
}

/**
 * Ends a last line that has no newline, if it is complete otherwise. One that a crash cut off is removed: its event was
 * never acknowledged.
 */
async function endLastLine(file: FileHandle, path: string): Promise<void> {
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end === bytes.length) return;
  if (isJson(bytes.subarray(end).toString())) await file.appendFile('\n').catch(() => file.truncate(end));
  else await file.truncate(end);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The lines in bytes that end with a newline. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.length === 0 ? [] : bytes.subarray(0, -1).toString('utf8').split('\n');
}

/**
 * Identifies a journal for `ScrollReader.journal`: by its file, and by how many of its lines are unreadable, since damage
 * may have joined lines and so moved those after them.
 */
export function journalIdentity(info: Stats, lines: readonly JournalLine[]): string {
  const unreadable = lines.filter(({ kind }) => kind === 'damaged' || kind === 'blank').length;
  return `${fileIdentity(info)}${unreadable > 0 ? `-${unreadable}` : ''}`;
}

/** Identifies a file, even if its inode number is used again. */
export function fileIdentity({ ino, birthtimeMs }: Stats): string {
  return `${ino}-${Math.round(birthtimeMs)}`;
}
