import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import { safeName } from '../../shared/names.ts';
import type { EntryRecord } from '../../shared/records.ts';
import { LATE, unpack } from './archive.ts';
import { writeBody } from './copy.ts';
import type { Inbox } from './inbox.ts';
import type { Note } from './notes.ts';
import type { Reservation } from './quota.ts';
import { syncTree, unpackTree } from './trees.ts';

/**
 * Something that has arrived by value, complete, in a directory of its own: the same id may arrive on two connections
 * at a time. Either `commit` or `discard` must be called.
 */
export interface Arrival {
  /** Where the file or directory lies before `commit`, and where after it. For an entry: its page. */
  readonly stagedPath: string;
  readonly path: string;
  /**
   * Moves it to its place under its id and writes the note, synchronously. Without a note it is not kept for a restart.
   */
  commit(note: Note | undefined): void;
  discard(): Promise<void>;
  /** Resolves when all of it is on disk. To be called after `commit`. */
  durable(): Promise<unknown>;
}

/** A file that arrives by value. */
export interface FileArrival {
  readonly id: string;
  /** A label. */
  readonly name: string;
  /** The bytes that follow the record. */
  readonly length: number;
  /** The bytes are a tar of a directory. */
  readonly isArchive: boolean;
}

/**
 * Receives into a new directory; whatever fails leaves nothing behind.
 * @param receive writes to the directory
 */
async function receiveInto<T>(
  inbox: Inbox,
  id: string,
  length: number,
  receive: (staging: string, space: Reservation) => Promise<T>,
): Promise<T> {
  const space = await inbox.reserve(length);
  const staging = inbox.uniquePath(id, 'part');
  try {
    await mkdir(staging, { mode: 0o700 });
    return await receive(staging, space);
  } catch (error) {
    space.release();
    await rm(staging, LATE);
    throw error;
  }
}

/**
 * Receives a file, or a directory as a tar, to `<id>/<name>`.
 * @throws WpError if the body breaks off, the archive is not allowed, or the spool is full
 */
export function receiveFile(inbox: Inbox, file: FileArrival, body: AsyncIterable<Uint8Array>): Promise<Arrival> {
  const { id, name, length, isArchive } = file;
  return receiveInto(inbox, id, length, async (staging, space) => {
    const stagedPath = join(staging, safeName(name));
    const written = isArchive ? undefined : await writeBody(body, stagedPath);
    if (isArchive) await unpackTree(body, stagedPath);
    const home = inbox.itemPath(id);
    return {
      stagedPath,
      path: join(home, safeName(name)),
      durable: async () => written?.done(),
      commit(note) {
        rmSync(home, { recursive: true, force: true });
        renameSync(staging, home);
        // The note may reach the disk before the file does.
        if (note) inbox.note(id, { ...note, size: written?.size });
        space.keep(id);
      },
      async discard() {
        space.release();
        await written?.done().catch(() => {});
        await rm(staging, LATE);
      },
    };
  });
}

/**
 * Receives a rendered entry, a tar of `<id>.html` and `<id>/`. The record is written to its `entry.json`, in place of
 * whatever the sender put there.
 * @param length the bytes of the archive
 * @throws WpError if the archive holds anything else, the body breaks off, or the spool is full
 */
export function receiveEntry(
  inbox: Inbox,
  record: EntryRecord,
  length: number,
  body: AsyncIterable<Uint8Array>,
): Promise<Arrival> {
  const { id, status } = record;
  const dir = inbox.itemPath(id, status === 'open' || status === 'preview');
  return receiveInto(inbox, id, length, async (staging, space) => {
    await unpack(body, staging);
    const stagedPath = join(staging, `${id}.html`);
    const items = await readdir(staging, { withFileTypes: true });
    const pages = items.filter((item) => item.name === `${id}.html` && item.isFile());
    const dirs = items.filter((item) => item.name === id && item.isDirectory());
    if (pages.length === 0 || pages.length + dirs.length < items.length)
      throw new WpError(
        'entry',
        `its archive is to hold ${id}.html and ${id}/, and nothing else`,
        'send it by "wp send"',
      );
    await mkdir(join(staging, id), { recursive: true, mode: 0o700 });
    await rm(join(staging, id, 'entry.json'), { recursive: true, force: true });
    writeFileSync(join(staging, id, 'entry.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
    await syncTree(staging);
    return {
      stagedPath,
      path: `${dir}.html`,
      durable: async () => {},
      commit(note) {
        mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
        for (const ending of ['', '.html']) {
          rmSync(dir + ending, { recursive: true, force: true });
          renameSync(join(staging, id + ending), dir + ending);
        }
        rmSync(staging, { recursive: true, force: true });
        if (note) inbox.note(id, note);
        space.keep(id);
      },
      async discard() {
        space.release();
        await rm(staging, LATE);
      },
    };
  });
}
