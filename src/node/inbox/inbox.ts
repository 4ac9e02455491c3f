import { mkdirSync, rmSync } from 'node:fs';
import { readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../shared/errors.ts';
import { isId, safeName } from '../../shared/names.ts';
import { LATE } from './archive.ts';
import { type Note, nextOrder, type OrderedNote, PART, readNotes, writeNote } from './notes.ts';
import { OPEN, Quota, type Reservation } from './quota.ts';

/**
 * Where one stage keeps what it has accepted until the next stage, or the scroll, has taken it over: the directory
 * `spool/<name>` of a webpipe directory, which belongs to one process at a time. Everything in it lies under an id:
 *
 *     <id>.json      the note: accepted, and to be handed over (see notes.ts)
 *     <id>/          the files of an entry or of a file, with the original
 *     <id>.html      the page of an entry
 *     <id>.live      the bytes of a stream
 *     <id>.….part    something that is still arriving
 *     <id>.….tar     what is being sent, and <id>.….body
 *     open/<id>/     the files of an entry that is shown before it is complete, with its page open/<id>.html
 *
 * Whoever takes an entry over removes it (release.ts). What has a note when the stage starts is handed over then.
 */
export class Inbox {
  /** The webpipe directory, absolute. */
  readonly dir: string;
  /** The spool, absolute. It exists. */
  readonly path: string;
  #quota: Quota;
  #close: () => Promise<void>;

  /** @param limit the most that it may hold, bytes @param close called by `close` */
  constructor(dir: string, path: string, limit: number, close: () => Promise<void> = async () => {}) {
    this.dir = dir;
    this.path = path;
    this.#quota = new Quota(path, limit);
    this.#close = close;
  }

  /** Gives the spool up for another process. */
  close(): Promise<void> {
    return this.#close();
  }

  /** Reserves space. @throws WpError if the spool is full */
  reserve(bytes: number): Promise<Reservation> {
    return this.#quota.reserve(bytes);
  }

  /**
   * Stores something under an id: reserves space, and counts it as long as it is in the spool. If `task` fails, it
   * counts no more.
   * @param bytes its size, as far as it is known before
   * @throws WpError if the spool is full; what `task` throws
   */
  async store<T>(id: string, bytes: number, task: (space: Reservation) => Promise<T>): Promise<T> {
    const space = await this.reserve(bytes);
    try {
      const result = await task(space);
      space.keep(id);
      return result;
    } catch (error) {
      space.release();
      throw error;
    }
  }

  /** The directory of an entry; its page lies beside it. @param isOpen the entry is shown before it is complete */
  itemPath(id: string, isOpen = false): string {
    return join(this.path, isOpen ? OPEN : '', id);
  }

  /** The original in the directory of an entry. @param name the file's name, a label */
  sourcePath(id: string, name: string): string {
    return join(this.itemPath(id), 'source', safeName(name));
  }

  /** The bytes of a stream. */
  streamPath(id: string): string {
    return join(this.path, `${id}.live`);
  }

  /** A path that nothing has: the same id may arrive, or be sent, several times at once. */
  uniquePath(id: string, ending: string): string {
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex');
    return join(this.path, `${id}.${random}.${ending}`);
  }

  /**
   * Makes an empty directory for an entry and its original. Synchronously: it is our own disk, and to wait for the
   * thread pool would delay the page.
   */
  createItem(id: string): void {
    const path = this.itemPath(id);
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path, { mode: 0o700 });
    }
    mkdirSync(join(path, 'source'), { mode: 0o700 });
  }

  /** Writes or replaces the note of `id`. @param order of the note that is replaced, if there is one */
  note(id: string, note: Note, order: number = nextOrder()): void {
    writeNote(this.path, id, { ...note, order });
  }

  /** Removes the note of `id`: it needs no further handing over. */
  async forget(id: string): Promise<void> {
    await unlink(join(this.path, `${id}.json`)).catch(() => {});
  }

  /** Removes everything of an id. */
  async discard(id: string): Promise<void> {
    const names = (await readdir(this.path)).filter((name) => name.split('.')[0] === id);
    const open = this.itemPath(id, true);
    for (const path of [...names.map((name) => join(this.path, name)), open, `${open}.html`]) await rm(path, LATE);
  }

  /**
   * Removes what is incomplete and returns the notes that an earlier run has left, oldest first. Called once, before
   * anything is stored.
   */
  async recover(): Promise<(OrderedNote & { readonly id: string })[]> {
    await rm(join(this.path, OPEN), LATE);
    const names = await readdir(this.path);
    const noted = new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)));
    for (const name of names) {
      const id = name.split('.')[0] ?? '';
      const isIncomplete = name.endsWith(PART) || name.endsWith('.part');
      if (isId(id) && (isIncomplete || !noted.has(id))) await rm(join(this.path, name), LATE);
    }
    await this.#quota.countLeftovers();
    return readNotes(this.path);
  }
}
