import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { hasCode, WpError } from '../model/errors.ts';
import type { Message } from '../model/message.ts';
import { isId, safeName } from '../model/names.ts';
import { type EntryRecord, type FileRecord, parseRecord } from '../model/records.ts';
import { layout, writeWhole } from '../scroll/layout.ts';
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
import { tidyUp } from './tidy.ts';

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

  #keptPath(id: string, name: string): string {
    return join(this.dirOf(id), 'source', safeName(name));
  }

  /** Whether a path is what another stage of this directory keeps for whoever takes it: `spool/<stage>/<id>/<name>`. */
  #isHanded(path: string): boolean {
    const home = dirname(path);
    return isId(basename(home)) && dirname(dirname(home)) === layout.spool(this.#dir);
  }

  /** Notes that a file has been taken in and its entry is not in a scroll yet. */
  note(id: string, record: FileRecord): void {
    writeFileSync(join(this.path, `${id}.json`), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  /** The entry is in a scroll. */
  async forget(id: string): Promise<void> {
    await unlink(join(this.path, `${id}.json`)).catch(() => {});
  }

  /** Removes what there is of an id. */
  async #discard(id: string): Promise<void> {
    for (const ending of ['.json', '', '.plugin', '.html', '.live']) {
      await rm(join(this.path, id + ending), { recursive: true, force: true });
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
    const byValue = record.length !== undefined;
    if (!byValue && record.path === undefined)
      throw new WpError('record', 'a file has neither "path" nor "length"', 'give one of them');
    if (!byValue && foreign)
      throw new WpError('show', `a path means nothing here (${record.path})`, 'send it by "wp send"');
    if (!byValue && !isAbsolute(record.path ?? ''))
      throw new WpError('record', `the path ${record.path} is not absolute`, 'begin it with /');
    const { name, host, time } = labelsOf(record, '');
    const info = byValue ? undefined : await inspect(record.path ?? '');
    const kept = this.#keptPath(id, name);
    makeRoom(this.dirOf(id));
    const note = { ...record, length: undefined, archive: undefined, name, host, time };
    const kind = (info?.isDirectory() ?? record.archive !== undefined) ? 'directory' : 'file';
    const choose = (head: string) =>
      this.#chooser.choose(name, record.type, kind, async () => (kind === 'file' ? headOf(head) : new Uint8Array()));
    let copying: (() => boolean) | undefined;
    let path = kept;
    let bytes: number;
    let durable = (): Promise<unknown> => Promise.resolve();
    let choice: Choice;
    let origin = info ? record.path : undefined;
    if (!info && record.archive) {
      await unpackTree(body ?? empty(), kept);
      bytes = await treeSize(kept);
      choice = await choose(kept);
    } else if (!info) {
      bytes = await writeBody(body ?? empty(), kept);
      choice = await choose(kept);
    } else if (origin && this.#isHanded(origin)) {
      // Another stage has kept it for us, whole: it only gets another place. The note first, which names the old one.
      this.note(id, note);
      await (kind === 'file' ? link(origin, kept) : rename(origin, kept));
      bytes = kind === 'file' ? info.size : await treeSize(kept);
      choice = await choose(kept);
      await tidyUp(this.#dir, dirname(origin));
      origin = undefined;
    } else if (kind === 'directory') {
      choice = await choose(kept);
      bytes = await copyTree(origin ?? '', kept);
      await syncTree(kept);
    } else {
      bytes = info.size;
      choice = await choose(origin ?? '');
      const copy = await beginCopy(origin ?? '', kept, info).catch((cause: unknown) => unreadable(origin ?? '', cause));
      if (info.size > SMALL && choice.preview) {
        path = origin ?? '';
        let left = true;
        const over = () => {
          left = false;
        };
        copy.done().then(over, over);
        copying = () => left;
        // It is noted before it is whole, so the note says when it will be.
        this.note(id, { ...note, whole: info.size });
      } else if (info.size > SMALL) await copy.done();
      durable = () => copy.done();
    }
    if (!copying) this.note(id, note);
    return { id, record, name, host, time, bytes, choice, path, origin, durable, copying };
  }

  /** What is said of a file downstream, in this state. */
  describe(file: Accepted, status: EntryRecord['status'], bytes = file.bytes): EntryRecord {
    const { id, name, host, time, record } = file;
    const { kind: _k, path: _p, length: _l, open: _o, archive: _a, ...rest } = record;
    return { ...rest, kind: 'entry', id, status, name, title: record.title, type: file.choice.type, host, time, bytes };
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
    const notes: { id: string; record: FileRecord }[] = [];
    for (const id of ids) {
      if (items.has(`${id}.json`)) notes.push({ id, record: await noteOf(join(this.path, `${id}.json`)) });
      else await this.#discard(id);
    }
    notes.sort((a, b) => ((a.record.time ?? '') < (b.record.time ?? '') ? -1 : 1));
    return Promise.all(notes.map(({ id, record }) => this.#find(id, record)));
  }

  async #find(id: string, record: FileRecord): Promise<Left> {
    const name = record.name ?? (await readdir(join(this.path, id, 'source')).catch(() => []))[0] ?? 'file';
    const kept = this.#keptPath(id, name);
    await this.#closeLive(id, kept);
    const info = await stat(kept).catch(() => undefined);
    const whole = info !== undefined && (!info.isFile() || info.size >= Number(record.whole ?? 0));
    const head = async () => (whole ? headOf(kept) : new Uint8Array());
    const file: Accepted = {
      id,
      record,
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
    const renewed = record.whole !== undefined;
    const { whole: _, ...plain } = record;
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

/** What a note says; one that a power failure has emptied says nothing. */
async function noteOf(path: string): Promise<FileRecord> {
  try {
    const record = parseRecord(JSON.parse(await readFile(path, 'utf8')));
    return record.kind === 'file' ? record : { kind: 'file' };
  } catch {
    return { kind: 'file' };
  }
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
