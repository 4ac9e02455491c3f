import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { link, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import { isId, safeName } from '../../shared/names.ts';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';
import { randomId } from '../pipeline/inlet.ts';
import { LATE, unpack } from './archive.ts';
import { type Chooser, headOf } from './choose.ts';
import { type Copy, syncTree, unpackTree, writeBody } from './intake.ts';
import { PART, readNotes, writeNote } from './notes.ts';

/**
 * Where recv keeps what came by value until it is taken over: a file or directory `<id>/<name>`, an entry's page
 * `<id>.html` and directory `<id>/` (in `open/` while it grows), and the note `<id>.json`, which is what is given on.
 * Everything lies under its id; what the sender calls it is only the end of a path, made harmless.
 */
export class Received {
  readonly path: string;
  #chooser: Chooser;

  /** @param path a directory of our own, which is there */
  constructor(path: string, chooser: Chooser) {
    this.path = path;
    this.#chooser = chooser;
  }

  /** Receives a file, or a directory that came as a tar; the record names it and says as what it is shown here. */
  async file(record: FileRecord & { id: string }, body: AsyncIterable<Uint8Array>): Promise<Arrived<FileRecord>> {
    const { length: _l, archive, id, name = 'file', time = new Date().toISOString(), ...rest } = record;
    const home = join(this.path, id);
    const attempt = await this.#attempt(id);
    const came = join(attempt, safeName(name));
    let copy: Copy | undefined;
    try {
      let whole: { whole?: number } = {};
      if (archive) await unpackTree(body, came);
      else {
        const { size, ...written } = await writeBody(body, came);
        copy = written;
        // The system may go down before it has the file on disk, and have the note there.
        whole = { whole: size };
      }
      const head = async () => (archive ? new Uint8Array() : headOf(came));
      const choice = await this.#chooser.choose(name, record.type, archive ? 'directory' : 'file', head);
      // A type that a record says is believed: where the first bytes tell more than the name, they are to be asked again.
      const type = choice.told === undefined ? choice.type : undefined;
      const path = join(home, safeName(name));
      const kept: FileRecord = { ...rest, kind: 'file', id, name, type, time, path };
      return {
        record: kept,
        durable: async () => copy?.done(),
        settle: () => {
          rmSync(home, { recursive: true, force: true });
          renameSync(attempt, home);
          writeNote(this.path, id, { ...kept, ...whole });
        },
        discard: async () => {
          await copy?.done().catch(() => {});
          await rm(attempt, LATE);
        },
      };
    } catch (error) {
      await copy?.done().catch(() => {});
      await rm(attempt, LATE);
      throw error;
    }
  }

  /** A directory of its own for what comes with an id: the same may come by two connections at a time. */
  async #attempt(id: string): Promise<string> {
    const path = join(this.path, `${id}.${randomId().slice(0, 8)}.part`);
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  /** Receives an entry that came as a tar of its page and its directory; the record names the page. */
  async entry(record: EntryRecord, body: AsyncIterable<Uint8Array>): Promise<Arrived<EntryRecord & { page: string }>> {
    const { id } = record;
    const attempt = await this.#attempt(id);
    const dir = join(this.path, record.status === 'open' ? 'open' : '', id);
    try {
      await unpack(body, attempt);
      const odd = (await readdir(attempt)).find((name) => name !== id && name !== `${id}.html`);
      if (odd !== undefined || !existsSync(join(attempt, `${id}.html`)))
        throw new WpError(
          'entry',
          `its archive is to hold ${id}.html and ${id}/, and nothing else`,
          'send it by "wp send"',
        );
      await mkdir(join(attempt, id), { recursive: true, mode: 0o700 });
      const { length: _l, archive: _a, ...rest } = record;
      // What the entry says of itself is what its record says, not what the sender put there.
      await rm(join(attempt, id, 'entry.json'), { recursive: true, force: true });
      writeFileSync(join(attempt, id, 'entry.json'), `${JSON.stringify(rest)}\n`, { mode: 0o600 });
      await syncTree(attempt);
      const kept = { ...rest, page: `${dir}.html` };
      return {
        record: kept,
        durable: async () => {},
        settle: () => {
          mkdirSync(join(dir, '..'), { recursive: true, mode: 0o700 });
          for (const ending of ['', '.html']) {
            rmSync(dir + ending, { recursive: true, force: true });
            renameSync(join(attempt, id + ending), dir + ending);
          }
          rmSync(attempt, { recursive: true, force: true });
          if (record.status !== 'open') writeNote(this.path, id, kept);
        },
        discard: () => rm(attempt, LATE),
      };
    } catch (error) {
      await rm(attempt, LATE);
      throw error;
    }
  }

  /** Follows the original of an entry that still grows: the file gets a second name, by which it is reached from here on. */
  async live(page: string, id: string): Promise<LiveOriginal> {
    const source = join(page.replace(/\.html$/, ''), 'source');
    const [name] = await readdir(source).catch(() => []);
    if (name === undefined) throw new WpError('entry', 'it is open and has no original', 'send it by "wp send"');
    const path = join(this.path, `${id}.live`);
    await unlink(path).catch(() => {});
    await link(join(source, name), path);
    const file = await open(path, 'a');
    let bytes = (await file.stat()).size;
    return {
      async append(body) {
        for await (const piece of body) {
          await file.appendFile(piece);
          bytes += piece.length;
        }
        return bytes;
      },
      async close() {
        await file.close();
        await unlink(path).catch(() => {});
      },
    };
  }

  /** What an earlier run kept and nobody has taken over, oldest first; the rest was not whole and is removed. */
  async left(): Promise<(FileRecord | EntryRecord)[]> {
    const notes = await readNotes(this.path);
    const found = notes.filter(({ record }) => {
      const path = record.kind === 'file' ? record.path : record.page;
      const info = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
      return info !== undefined && (!info.isFile() || info.size >= Number(record.whole ?? 0));
    });
    const good = new Set(found.map(({ id }) => id));
    for (const name of await readdir(this.path)) {
      const id = name.split('.')[0] ?? '';
      if (name === 'open' || name.endsWith(PART) || name.endsWith('.part') || (isId(id) && !good.has(id)))
        await rm(join(this.path, name), { recursive: true, force: true });
    }
    return found.map(({ record }) => ({ ...record, whole: undefined }));
  }
}

/** What has come whole, and has no place yet. Either `settle` or `discard` is to be called. */
export interface Arrived<R extends FileRecord | EntryRecord> {
  /** What names it when it has its place. */
  readonly record: R;
  /** Puts it in its place, at once. */
  readonly settle: () => void;
  readonly discard: () => Promise<void>;
  /** Settles when all of it is on disk. To be called after `settle`. */
  readonly durable: () => Promise<unknown>;
}

/** The original of an entry that still grows. */
export interface LiveOriginal {
  /** Appends; gives its size then. */
  append(body: AsyncIterable<Uint8Array>): Promise<number>;
  close(): Promise<void>;
}
