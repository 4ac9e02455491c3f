import { mkdirSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { access, constants, link, mkdir, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { drain } from '../codec/drain.ts';
import { hasCode, messageOf, WpError } from '../model/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../model/message.ts';
import { isId, safeName } from '../model/names.ts';
import type { EntryRecord, FileRecord } from '../model/records.ts';
import { Channel } from '../pipeline/channel.ts';
import { randomId } from '../pipeline/inlet.ts';
import { urlOf } from '../renderers/page.ts';
import { writeWhole } from '../scroll/layout.ts';
import { type Choice, Chooser, headOf } from './choose.ts';
import { errorPage } from './error-page.ts';
import { beginCopy, copyTree, SMALL, writeBody } from './intake.ts';
import type { RenderResult } from './job.ts';
import { LiveFiles } from './live.ts';
import { runPlugin } from './plugin.ts';
import type { Pool } from './pool.ts';

/**
 * Milliseconds. `asked`: how long a file may hold up those of other senders, where somebody waits for an answer.
 * `piped`: how long an entry in a pipe may take before it is announced; one that is in time is one line.
 */
const PATIENCE = { asked: 500, piped: 3000 } as const;
/** Files from a pipe that may be on their way at a time. Where somebody waits for answers, the inlet sees to it. */
const UNDER_WAY = 256;
/** Plugins of one type at a time. */
const PLUGINS_AT_A_TIME = 4;

/** A file that xrender has taken in: what is known of it and where it lies until its entry is taken over. */
export interface Accepted {
  readonly id: string;
  readonly record: FileRecord;
  readonly name: string;
  readonly host: string;
  readonly time: string;
  readonly bytes: number;
  readonly choice: Choice;
  /** Path of the copy that is kept with the entry. */
  readonly kept: string;
  /** What to read for rendering: the copy, or the original while the copy is made. */
  readonly path: string;
  readonly origin?: string;
  /** Settles when the copy is on disk. */
  readonly durable: Promise<unknown>;
  /** Whether the copy is still being made, where rendering does not wait for it. */
  readonly copying?: () => boolean;
}

/**
 * Files become entries. Each file is taken in (copied to the spool, so that it may change or go), announced with
 * status `accepted` when somebody waits for an answer or it takes long, and given on as an entry when it is rendered.
 * Entries leave in the order the files came, but for those that others have gone past. What an earlier run left in
 * the spool comes first.
 */
export function xrender(pool: Pool): Stage {
  return (input, context) => {
    const out = new Channel<Message>(16);
    const work = new Xrender(pool, context, out);
    void work.run(input).then(
      () => out.close(),
      (error) => out.close(error),
    );
    return out;
  };
}

class Xrender {
  #pool: Pool;
  #context: StageContext;
  #out: Channel<Message>;
  #spool: string;
  #chooser: Chooser;
  #live: LiveFiles;
  /** The files that have been taken in and not yet given on, by id. */
  #files = new Map<string, Promise<Accepted>>();
  /** What each sender's next file waits for, so that they leave in order; `#pipe` stands for standard input. */
  #turns = new WeakMap<object, Promise<unknown>>();
  #pipe = {};
  /** What the next file that somebody waits for has to let go first: all before it, as long as patience lasts. */
  #asked: Promise<unknown> = Promise.resolve();
  #busy = new Set<Promise<void>>();
  #plugins = new Map<string, { running: number; waiting: (() => void)[] }>();

  constructor(pool: Pool, context: StageContext, out: Channel<Message>) {
    this.#pool = pool;
    this.#context = context;
    this.#out = out;
    this.#spool = context.spool;
    this.#chooser = new Chooser(context.dir);
    this.#live = new LiveFiles(this.#spool);
  }

  async run(input: AsyncIterable<Message>): Promise<void> {
    await this.#recover();
    for await (const message of input) {
      const { record } = message;
      if (record.kind === 'file') {
        if (record.open) this.#track(this.#open(message as Message<FileRecord>));
        else this.#accept(message as Message<FileRecord>);
      } else if (record.kind === 'more') this.#track(this.#more(message, record.id));
      else if (record.kind === 'end' && record.id) this.#track(this.#end(message, record.id));
      else if (record.kind === 'entry') await this.#out.push(message);
      else {
        if (record.kind === 'error') this.#context.warn(record.message);
        await drain(message.body);
      }
      if (!message.reply && this.#busy.size >= UNDER_WAY) await Promise.race(this.#busy);
    }
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  #track(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#context.warn(messageOf(error)))
      .finally(() => {
        this.#busy.delete(done);
      });
    this.#busy.add(done);
  }

  /** Gives on, unless webpipe ends: what was on its way then is in the spool, and is given at the next start. */
  async #give(message: Message): Promise<void> {
    if (!this.#context.signal.aborted) await this.#out.push(message);
  }

  /** Takes a file in and gives its entry on in its turn. */
  #accept(message: Message<FileRecord>): void {
    const sender = message.from ?? this.#pipe;
    const before = Promise.all([this.#turns.get(sender), message.reply && this.#asked]);
    const id = message.record.id ?? randomId();
    const known = this.#files.get(id);
    if (known) return this.#track(this.#again(message, known));
    const taken = this.#takeIn({ ...message, record: { ...message.record, id } }, id);
    this.#files.set(id, taken);
    const forget = () => void this.#files.delete(id);
    taken.catch(forget);
    // Rendering begins at once, whatever the files before it do.
    const rendered = taken.then((file) => file && this.#render(file, file.path, false));
    rendered.catch(() => {});
    const turn = (async () => {
      const file = await taken.catch((error: unknown) => this.#refuse(message, id, error));
      await before;
      if (!file) return;
      const entry = rendered.then((result) => this.#entry(file, result));
      const inTime = !message.reply && (await soon(entry, PATIENCE.piped));
      if (!inTime) await this.#announce(file, message.reply);
      const given = entry.then((record) => this.#giveEntry(file, record)).finally(forget);
      if (inTime) return given;
      this.#track(given);
    })();
    this.#turns.set(
      sender,
      turn.catch(() => {}),
    );
    // What is long in coming (a slow sender, a large directory) lets those of others past.
    if (message.reply) this.#asked = soon(turn, PATIENCE.asked);
    this.#track(turn);
  }

  /** The same file once more, while it is on its way: the same entry answers, unless the first never arrived whole. */
  async #again(message: Message<FileRecord>, known: Promise<Accepted>): Promise<void> {
    const file = await known.catch(() => undefined);
    if (!file) return this.#accept(message);
    await drain(message.body);
    if (message.reply) await this.#announce(file, message.reply);
  }

  /** Gives an entry on. While its original is still being copied, the note in the spool stays until that is done. */
  async #giveEntry(file: Accepted, record: EntryRecord): Promise<void> {
    if (!file.copying?.()) return this.#give({ record });
    const taken = new Promise<void>((settle) => {
      void this.#give({ record: { ...record, copying: true }, reply: () => settle() });
    });
    await Promise.all([taken, file.durable]);
    await unlink(join(this.#spool, `${file.id}.json`)).catch(() => {});
  }

  #refuse(message: Message, id: string, error: unknown): undefined {
    const line = messageOf(error);
    void drain(message.body).catch(() => {});
    if (message.reply) message.reply({ kind: 'error', id, message: line });
    else this.#context.warn(line);
    return undefined;
  }

  /** Tells downstream of a file that is not rendered yet; the answer waits until the copy is safe. */
  async #announce(file: Accepted, reply: Reply | undefined): Promise<void> {
    await this.#give({
      record: this.#describe(file, 'accepted'),
      reply:
        reply &&
        ((answer) => {
          file.durable.then(
            () => reply(answer),
            (error: unknown) => reply({ kind: 'error', id: file.id, message: `${file.name}: ${messageOf(error)}` }),
          );
        }),
    });
  }

  #describe(file: Accepted, status: EntryRecord['status'], bytes = file.bytes): EntryRecord {
    const { id, name, host, time, record } = file;
    const { kind: _k, path: _p, length: _l, open: _o, archive: _a, ...rest } = record;
    return { ...rest, kind: 'entry', id, status, name, title: record.title, type: file.choice.type, host, time, bytes };
  }

  /** Copies a file to the spool, by path or by value. What cannot be taken whole leaves nothing there. */
  async #takeIn(message: Message<FileRecord>, id: string): Promise<Accepted> {
    try {
      return await this.#copyIn(message, id);
    } catch (error) {
      await this.#discard(id);
      throw error;
    }
  }

  /** Removes what the spool has of an id. */
  async #discard(id: string): Promise<void> {
    for (const ending of ['.json', '', '.plugin', '.html', '.live']) {
      await rm(join(this.#spool, id + ending), { recursive: true, force: true });
    }
  }

  async #copyIn(message: Message<FileRecord>, id: string): Promise<Accepted> {
    const { record } = message;
    if (record.archive)
      throw new WpError('show', 'a directory by value cannot be taken yet', 'show it by its path on this machine');
    if (record.length === undefined && record.path === undefined)
      throw new WpError('record', 'a file has neither "path" nor "length"', 'give one of them');
    if (record.length === undefined && !isAbsolute(record.path ?? ''))
      throw new WpError('record', `the path ${record.path} is not absolute`, 'begin it with /');
    const name = record.name ?? basename(record.path ?? '');
    const info = record.length === undefined ? await inspect(record.path ?? '') : undefined;
    const kept = join(this.#spool, id, 'source', safeName(name));
    makeRoom(join(this.#spool, id));
    const host = record.host ?? hostname();
    const time = record.time ?? new Date().toISOString();
    const note = { ...record, length: undefined, name, host, time };
    let copying: (() => boolean) | undefined;
    let path = kept;
    let bytes: number;
    let durable: Promise<unknown>;
    let choice: Choice;
    const origin = info ? record.path : undefined;
    if (!info) {
      bytes = await writeBody(message.body ?? empty(), kept);
      durable = Promise.resolve();
      choice = await this.#chooser.choose(name, record.type, 'file', () => headOf(kept));
    } else if (info.isDirectory()) {
      choice = await this.#chooser.choose(name, record.type, 'directory', async () => new Uint8Array());
      bytes = await copyTree(origin ?? '', kept);
      durable = Promise.resolve();
    } else {
      bytes = info.size;
      choice = await this.#chooser.choose(name, record.type, 'file', () => headOf(origin ?? ''));
      const copy = await beginCopy(origin ?? '', kept, info);
      if (info.size > SMALL && choice.preview) {
        path = origin ?? '';
        let left = true;
        const over = () => {
          left = false;
        };
        copy.done.then(over, over);
        copying = () => left;
        // It is noted before it is whole, so the note says when it will be.
        this.#mark(id, { ...note, whole: info.size });
      } else if (info.size > SMALL) await copy.done;
      durable = copy.done;
    }
    durable.catch(() => {});
    if (!copying) this.#mark(id, note);
    return { id, record, name, host, time, bytes, choice, kept, path, origin, durable, copying };
  }

  /** The note in the spool that a file has been taken in and its entry is not in a scroll yet. */
  #mark(id: string, record: FileRecord): void {
    writeFileSync(join(this.#spool, `${id}.json`), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  async #render(file: Accepted, path: string, open: boolean, bytes = file.bytes): Promise<RenderResult> {
    const { id, name, record, host, choice, origin } = file;
    const dir = join(this.#spool, id);
    const source = `${id}/source/${urlOf(safeName(name))}`;
    const job = {
      id,
      renderer: choice.renderer,
      path,
      origin,
      name,
      title: record.title,
      type: choice.type,
      host,
      bytes,
      open,
      source,
      dir,
    };
    return choice.plugin
      ? this.#inTurn(choice.type, () => runPlugin(choice.plugin ?? '', job, { signal: this.#context.signal }))
      : this.#pool.render(job);
  }

  /** Plugins of one type wait for each other when there are many. */
  async #inTurn<T>(type: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#plugins.get(type) ?? { running: 0, waiting: [] };
    this.#plugins.set(type, lane);
    if (lane.running >= PLUGINS_AT_A_TIME) await new Promise<void>((resolve) => lane.waiting.push(resolve));
    lane.running += 1;
    try {
      return await work();
    } finally {
      lane.running -= 1;
      lane.waiting.shift()?.();
    }
  }

  /** The entry that a rendered file has become, with its page and `entry.json` on disk. */
  async #entry(file: Accepted, result: RenderResult, open = false, bytes = file.bytes): Promise<EntryRecord> {
    const page = join(this.#spool, `${file.id}.html`);
    mkdirSync(join(this.#spool, file.id), { recursive: true, mode: 0o700 });
    if (!result.ok) await writeWhole(page, errorPage(file.name, result));
    const record: EntryRecord = {
      ...this.#describe(file, result.ok ? (open ? 'open' : 'ok') : 'failed', bytes),
      ms: Math.round(result.ms * 10) / 10,
      ...(result.ok ? {} : { error: result.error }),
    };
    writeFileSync(join(this.#spool, file.id, 'entry.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
    return { ...record, page };
  }

  async #open(message: Message<FileRecord>): Promise<void> {
    const id = message.record.id ?? randomId();
    try {
      const known = this.#live.get(id);
      const name = message.record.name ?? basename(message.record.path ?? 'stdin');
      const host = message.record.host ?? hostname();
      const time = message.record.time ?? new Date().toISOString();
      const record = { ...message.record, id, name, host, time };
      if (!known) this.#mark(id, record);
      // Before anything is waited for: what comes next on the connection is for this file.
      const live = this.#live.open(id, safeName(name));
      const choice = await this.#chooser.choose(name, message.record.type, 'file', async () =>
        new TextEncoder().encode('text\n'),
      );
      const file: Accepted = {
        id,
        record,
        name,
        host,
        time,
        bytes: 0,
        choice,
        kept: live.kept,
        path: live.kept,
        durable: live.ready,
      };
      live.ended.then(
        () => {},
        () => {},
      );
      await live.ready;
      await this.#announce(file, message.reply);
      if (!known) this.#track(this.#follow(file));
    } catch (error) {
      this.#refuse(message, id, error);
    }
  }

  /** From the first byte of an open file to its end. */
  async #follow(file: Accepted): Promise<void> {
    const live = this.#live.get(file.id);
    if (!live) return;
    const quick = await soon(live.ended, 25);
    if (!quick && file.choice.live) {
      // Most streams say something soon; a page that is not empty from the start is worth a moment.
      await Promise.race([live.grown(), soon(live.ended, 1000)]);
      await live.lend();
      const result = await this.#render(file, live.spare, true, live.bytes);
      await this.#give({ record: await this.#entry(file, result, true, live.bytes) });
    }
    while (!(await soon(live.ended, 100))) {
      if (live.bytes === live.told) {
        await Promise.race([live.grown(), live.ended]);
        continue;
      }
      live.told = live.bytes;
      await this.#give({ record: { kind: 'more', id: file.id, bytes: live.bytes } });
    }
    const reply = await live.ended;
    await live.lend();
    const done = { ...file, bytes: live.bytes };
    const { failure } = live;
    const result: RenderResult =
      failure === undefined ? await this.#render(done, live.spare, false) : { ok: false, ms: 0, error: failure };
    const entry = await this.#entry(done, result);
    if (this.#context.signal.aborted) return;
    await this.#give({ record: { kind: 'end', id: file.id, bytes: live.bytes } });
    await this.#give({ record: entry, reply });
    await this.#live.close(file.id);
  }

  async #more(message: Message, id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return drain(message.body);
    await live.append(message.body ?? empty());
  }

  async #end({ body, reply }: Message, id: string): Promise<void> {
    await drain(body);
    const live = this.#live.get(id);
    if (live) await live.end(reply);
    else reply?.({ kind: 'error', id, message: `there is no open file ${id}` });
  }

  /** Files that an earlier run had taken in and not given on. */
  async #recover(): Promise<void> {
    const items = new Set(await readdir(this.#spool));
    const ids = new Set([...items].map((item) => item.split('.')[0] ?? '').filter(isId));
    const found: { id: string; marker: string; record: FileRecord }[] = [];
    for (const id of ids) {
      const marker = join(this.#spool, `${id}.json`);
      // What has no note was not whole, or has arrived.
      if (items.has(`${id}.json`)) found.push({ id, marker, record: await noteOf(marker) });
      else await this.#discard(id);
    }
    found.sort((a, b) => ((a.record.time ?? '') < (b.record.time ?? '') ? -1 : 1));
    for (const { id, marker, record } of found) {
      const name = record.name ?? (await readdir(join(this.#spool, id, 'source')).catch(() => []))[0] ?? 'file';
      const kept = join(this.#spool, id, 'source', safeName(name));
      const spare = join(this.#spool, `${id}.live`);
      if (await isThere(spare)) {
        await mkdir(dirname(kept), { recursive: true });
        await unlink(kept).catch(() => {});
        await link(spare, kept);
        await unlink(spare);
      }
      const info = await stat(kept).catch(() => undefined);
      if (!info || (info.isFile() && info.size < Number(record.whole ?? 0))) {
        await this.#lost(id, record, name, marker);
        continue;
      }
      const choice = await this.#chooser.choose(name, record.type, info.isDirectory() ? 'directory' : 'file', () =>
        headOf(kept),
      );
      const file: Accepted = {
        id,
        record,
        name,
        host: record.host ?? hostname(),
        time: record.time ?? '',
        bytes: info.size,
        choice,
        kept,
        path: kept,
        origin: record.path,
        durable: Promise.resolve(),
      };
      await this.#announceRecovered(file);
    }
  }

  async #announceRecovered(file: Accepted): Promise<void> {
    this.#track(
      (async () => {
        await this.#announce(file, undefined);
        const result = await this.#render(file, file.path, false);
        await this.#give({ record: await this.#entry(file, result) });
      })(),
    );
  }

  /** It had been announced, but webpipe ended before it had its content. */
  async #lost(id: string, record: FileRecord, name: string, marker: string): Promise<void> {
    const again = record.path && (await isThere(record.path));
    // Its page may be in the scroll already, with a part of the original: it gets another.
    const { whole, ...plain } = record;
    const renewed = whole === undefined ? {} : { renewed: true };
    if (again) {
      this.#accept({ record: { ...plain, ...renewed, id } });
      return;
    }
    const choice = await this.#chooser.choose(name, record.type, 'file', async () => new Uint8Array());
    const kept = join(this.#spool, id, 'source', safeName(name));
    const file: Accepted = {
      id,
      record,
      name,
      host: record.host ?? hostname(),
      time: record.time ?? '',
      bytes: 0,
      choice,
      kept,
      path: kept,
      durable: Promise.resolve(),
    };
    const entry = await this.#entry(file, {
      ok: false,
      ms: 0,
      error: 'webpipe ended before it had received this; show it again',
    });
    this.#track(this.#give({ record: { ...entry, ...renewed } }).then(() => unlink(marker).catch(() => {})));
  }
}

/** Whether a promise settles within `ms`. It may settle by failing: whoever awaits it next finds out. */
async function soon(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    late,
  ]);
  clearTimeout(timer);
  return inTime;
}

/** What stands at a path that somebody wants to see. @throws WpError in words for people */
async function inspect(path: string): Promise<Stats> {
  let info: Stats;
  try {
    info = await stat(path);
    if (info.isFile()) await access(path, constants.R_OK);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const what =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'it may not be read'
          : messageOf(cause);
    throw new WpError('show', `${path}: ${what}`, 'look at its name and its permissions', { cause });
  }
  if (info.isFile() || info.isDirectory()) return info;
  throw new WpError('show', `${path}: it is neither a file nor a directory`, 'pipe it: "wp show < it"');
}

/** What a note says; one that a power failure has emptied says nothing. */
async function noteOf(path: string): Promise<FileRecord> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as FileRecord;
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
