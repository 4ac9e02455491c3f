import { linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { link, mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { hasCode, WpError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import { isId, safeName } from '../../shared/names.ts';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';
import { writeWhole } from '../store/layout.ts';
import { LATE } from './archive.ts';
import { type Choice, type Chooser, headOf } from './choose.ts';
import { errorPage } from './error-page.ts';
import {
  beginCopy,
  copyTree,
  inspect,
  SMALL,
  syncTree,
  treeSize,
  unpackTree,
  unreadable,
  writeBody,
} from './intake.ts';
import type { RenderResult } from './job.ts';
import { nextOrder, PART, readNotes, writeNote } from './notes.ts';
import { isKept } from './tidy.ts';

/** A file that xrender has taken in: what is known of it and where it lies until its entry is taken over. */
export interface Accepted {
  readonly id: string;
  readonly record: FileRecord;
  readonly name: string;
  readonly host: string;
  readonly time: string;
  readonly bytes: number;
  readonly choice: Choice;
  /** What to read for rendering: the copy that is kept with the entry, or the original while the copy is made. */
  readonly path: string;
  readonly origin?: string;
  /** Settles when the copy is on disk; begins to put it there where that has not begun. To be called at least once. */
  readonly durable: () => Promise<unknown>;
  /** Whether the copy is still being made, where rendering does not wait for it. */
  readonly copying?: () => boolean;
}

/** The entry of this file has been taken over already, and with it all that was kept of it. */
export class Gone extends WpError {}

/** What becomes known of a file while it is copied. */
type Copied = Pick<Accepted, 'bytes' | 'choice' | 'path' | 'origin' | 'durable' | 'copying'>;

/** A file that an earlier run had taken in and not given on. */
export type Left =
  | { readonly whole: true; readonly file: Accepted }
  /** It had been announced, but its content never came whole. `again`: to be taken in once more, where that can be. */
  | { readonly whole: false; readonly file: Accepted; readonly renewed: boolean; readonly again?: FileRecord };

/**
 * Where xrender keeps what it has taken in until its entry is taken over: for an entry `<id>` its page `<id>.html`, its
 * directory `<id>/`, the bytes of an open file `<id>.live`, and the note `<id>.json`, which says that it is on its way.
 * What is shown of an open file is made in `open/`: whoever takes it may still be at it when the file has ended.
 */
export class Spool {
  readonly path: string;
  #dir: string;
  #chooser: Chooser;

  /** @param dir the webpipe directory @param path a directory in its `spool/`, our own, which is there */
  constructor(dir: string, path: string, chooser: Chooser) {
    this.#dir = dir;
    this.path = path;
    this.#chooser = chooser;
  }

  /** The directory of an entry, beside which its page is made. @param open the file still grows */
  dirOf(id: string, open = false): string {
    return join(this.path, open ? 'open' : '', id);
  }

  /** Where the bytes of an open file are kept. */
  livePath(id: string): string {
    return join(this.path, `${id}.live`);
  }

  /** Where the copy of a file is kept. */
  keptPath(id: string, name: string): string {
    return join(this.dirOf(id), 'source', safeName(name));
  }

  /** Whether a path is a file that another stage of this directory keeps: `spool/<stage>/<id>/<name>`. */
  #isKept(path: string): boolean {
    return isKept(this.#dir, dirname(path)) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
  }

  /** Notes that a file has been taken in and its entry is not in a scroll yet. */
  note(id: string, record: FileRecord): void {
    writeNote(this.path, id, record);
  }

  /** The entry is in a scroll. */
  async forget(id: string): Promise<void> {
    await unlink(join(this.path, `${id}.json`)).catch(() => {});
  }

  /** Removes what there is of an id. */
  async #discard(id: string): Promise<void> {
    for (const ending of ['.json', `.json${PART}`, '', '.plugin', '.html', '.live']) {
      await rm(join(this.path, id + ending), LATE);
    }
  }

  /**
   * Copies a file in, by path or by value. What cannot be taken whole leaves nothing.
   * @throws WpError in words for people
   */
  async takeIn(message: Message<FileRecord>, id: string): Promise<Accepted> {
    try {
      return await this.#copyIn(message, id);
    } catch (error) {
      await this.#discard(id);
      throw error;
    }
  }

  async #copyIn({ record, body, foreign }: Message<FileRecord>, id: string): Promise<Accepted> {
    const order = nextOrder();
    const { path, length } = record;
    if (length === undefined && path === undefined)
      throw new WpError('record', 'a file has neither "path" nor "length"', 'give one of them');
    if (length === undefined && foreign)
      throw new WpError('show', `a path means nothing here (${path})`, 'send it by "wp send"');
    if (length === undefined && !isAbsolute(path ?? ''))
      throw new WpError('record', `the path ${path} is not absolute`, 'begin it with /');
    const labels = labelsOf(record, '');
    const kept = this.keptPath(id, labels.name);
    // `whole`: it is noted before it is on disk, so the note says how long it will be.
    const note = (whole: number, copying?: true) => {
      // What came by value is not to be looked for at a path, whatever it says.
      const origin = length === undefined ? path : undefined;
      const plain = { ...record, ...labels, path: origin, whole, copying, length: undefined, archive: undefined };
      writeNote(this.path, id, plain, order);
    };
    const copied =
      length !== undefined
        ? await this.#copyBody(record, body ?? empty(), labels.name, kept)
        : this.#isKept(path ?? '')
          ? await this.#linkKept(record, path ?? '', labels.name, kept, note)
          : await this.#copyPath(record, path ?? '', labels.name, kept, note);
    if (!copied.copying) note(copied.bytes);
    return { id, record, ...labels, ...copied };
  }

  #choose(name: string, { type }: FileRecord, path: string, isFile: boolean): Promise<Choice> {
    const head = async () => (isFile ? headOf(path) : new Uint8Array());
    return this.#chooser.choose(name, type, isFile ? 'file' : 'directory', head);
  }

  /** Writes what comes by value. */
  async #copyBody(record: FileRecord, body: AsyncIterable<Uint8Array>, name: string, kept: string): Promise<Copied> {
    makeRoom(dirname(dirname(kept)));
    if (record.archive) {
      await unpackTree(body, kept);
      const bytes = await treeSize(kept);
      const choice = await this.#choose(name, record, kept, false);
      return { bytes, choice, path: kept, durable: () => Promise.resolve() };
    }
    const { size, done } = await writeBody(body, kept);
    try {
      return { bytes: size, choice: await this.#choose(name, record, kept, true), path: kept, durable: done };
    } catch (error) {
      await done();
      throw error;
    }
  }

  /**
   * A file that another stage of this directory keeps until its entry is taken over gets a second name: at once, so that
   * what comes in one order is here in that order when webpipe is killed.
   * @throws WpError; `Gone` when its entry has been taken over meanwhile
   */
  async #linkKept(
    record: FileRecord,
    path: string,
    name: string,
    kept: string,
    note: (whole: number) => void,
  ): Promise<Copied> {
    makeRoom(dirname(dirname(kept)));
    try {
      linkSync(path, kept);
    } catch (cause) {
      if (hasCode(cause, 'ENOENT')) throw new Gone('show', `${path} has been taken over`, undefined, { cause });
      throw cause;
    }
    const { size } = statSync(kept);
    note(size);
    return {
      bytes: size,
      choice: await this.#choose(name, record, kept, true),
      path: kept,
      durable: () => Promise.resolve(),
    };
  }

  /** Copies what lies at a path; a large file of which a preview or a first page is made is read there, while it is copied. */
  async #copyPath(
    record: FileRecord,
    origin: string,
    name: string,
    kept: string,
    note: (whole: number, copying: true) => void,
  ): Promise<Copied> {
    const info = await inspect(origin);
    makeRoom(dirname(dirname(kept)));
    const choice = await this.#choose(name, record, origin, info.isFile());
    if (info.isDirectory()) {
      const bytes = await copyTree(origin, kept);
      await syncTree(kept);
      return { bytes, choice, path: kept, origin, durable: () => Promise.resolve() };
    }
    const copy = await beginCopy(origin, kept, info).catch((cause: unknown) => unreadable(origin, cause));
    const copied = { bytes: info.size, choice, origin, durable: () => copy.done() };
    if (info.size <= SMALL) return { ...copied, path: kept };
    if (!choice.preview && !choice.first) {
      await copy.done();
      return { ...copied, path: kept };
    }
    let left = true;
    const over = () => {
      left = false;
    };
    copy.done().then(over, over);
    note(info.size, true);
    return { ...copied, path: origin, copying: () => left };
  }

  /** What is said of a file downstream, in this state. */
  describe(file: Accepted, status: EntryRecord['status'], bytes = file.bytes): EntryRecord {
    const { id, name, host, time, record } = file;
    const { kind: _k, path = '', length: _l, open: _o, archive: _a, kept: _, ...rest } = record;
    const kept = isKept(this.#dir, dirname(path)) ? { kept: dirname(path) } : {};
    const { title } = record;
    return { ...rest, kind: 'entry', id, status, name, title, type: file.choice.type, host, time, bytes, ...kept };
  }

  /** The entry that a rendered file has become, with its page and `entry.json` on disk. */
  async entry(file: Accepted, result: RenderResult, open = false, bytes = file.bytes): Promise<EntryRecord> {
    const dir = this.dirOf(file.id, open);
    const page = `${dir}.html`;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!result.ok) await writeWhole(page, errorPage(file.name, result));
    const record: EntryRecord = {
      ...this.describe(file, result.ok ? (open ? 'open' : 'ok') : 'failed', bytes),
      ms: Math.round(result.ms * 10) / 10,
      ...(result.ok ? {} : { error: result.error }),
    };
    writeFileSync(join(dir, 'entry.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
    return { ...record, page };
  }

  /** What an earlier run left, oldest first. What has no note was not whole, or has arrived, and is removed. */
  async left(): Promise<Left[]> {
    await rm(join(this.path, 'open'), { recursive: true, force: true });
    const items = new Set(await readdir(this.path));
    const ids = new Set([...items].map((item) => item.split('.')[0] ?? '').filter(isId));
    for (const id of ids) if (!items.has(`${id}.json`)) await this.#discard(id);
    const notes = await readNotes(this.path);
    return Promise.all(notes.map(({ id, record }) => this.#find(id, record as FileRecord)));
  }

  async #find(id: string, record: FileRecord): Promise<Left> {
    const name = record.name ?? (await readdir(join(this.path, id, 'source')).catch(() => []))[0] ?? 'file';
    const kept = this.keptPath(id, name);
    await this.#closeLive(id, kept);
    const info = await stat(kept).catch(() => undefined);
    const whole = info !== undefined && (!info.isFile() || info.size >= Number(record.whole ?? 0));
    const head = async () => (whole ? headOf(kept) : new Uint8Array());
    const { whole: _w, copying, ...plain } = record;
    const file: Accepted = {
      id,
      record: plain,
      name,
      host: record.host ?? hostname(),
      time: record.time ?? '',
      bytes: whole ? info.size : 0,
      choice: await this.#chooser.choose(name, record.type, info?.isDirectory() ? 'directory' : 'file', head),
      path: kept,
      origin: record.path,
      durable: () => Promise.resolve(),
    };
    if (whole) return { whole, file };
    // Its page may be in the scroll already, with a part of the original: it gets another.
    const renewed = copying === true;
    const again = record.path !== undefined && (await isThere(record.path)) ? { ...plain, id } : undefined;
    return { whole, file, renewed, again };
  }

  /** An open file ended with the run that took it in. */
  async #closeLive(id: string, kept: string): Promise<void> {
    const live = this.livePath(id);
    if (!(await isThere(live))) return;
    await mkdir(dirname(kept), { recursive: true });
    await unlink(kept).catch(() => {});
    await link(live, kept);
    await unlink(live);
  }
}

/**
 * What a file is called, where it comes from and when: as its sender says, else as it looks from here.
 * @param unnamed what one is called that has neither a name nor a path
 */
export function labelsOf(record: FileRecord, unnamed: string): { name: string; host: string; time: string } {
  return {
    name: record.name ?? basename(record.path ?? unnamed),
    host: record.host ?? hostname(),
    time: record.time ?? new Date().toISOString(),
  };
}

/**
 * A new directory for an entry, with room for its original. Done at once, not in turn: it is our own disk, and every
 * wait of the thread pool would be seen by who waits for the page.
 */
function makeRoom(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { mode: 0o700 });
  }
  mkdirSync(join(dir, 'source'), { mode: 0o700 });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function* empty(): AsyncGenerator<Uint8Array> {}
