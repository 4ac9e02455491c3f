import { dirname } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../../shared/message.ts';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { Channel } from '../pipeline/channel.ts';
import { randomId } from '../pipeline/inlet.ts';
import { Chooser } from './choose.ts';
import type { RenderResult } from './job.ts';
import { Pages } from './pages.ts';
import type { Pool } from './pool.ts';
import { Rendering } from './rendering.ts';
import { soon } from './soon.ts';
import { type Accepted, Gone, type Left, Spool } from './spool.ts';
import { Streams } from './streams.ts';
import { tidyUp } from './tidy.ts';

/**
 * Milliseconds. `asked`: how long a file may hold up those of other senders, where somebody waits for an answer.
 * `piped`: how long an entry in a pipe may take before it is announced; one that is in time is one line.
 */
const PATIENCE = { asked: 500, piped: 3000 } as const;
/** Files from a pipe that may be on their way at a time. Where somebody waits for answers, the inlet sees to it. */
const UNDER_WAY = 256;

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
  #context: StageContext;
  #out: Channel<Message>;
  #spool: Spool;
  #pages: Pages;
  #streams: Streams;
  /** The files that have been taken in and not yet given on, by id. */
  #files = new Map<string, Promise<Accepted>>();
  /** What each sender's next file waits for, so that they leave in order; `#pipe` stands for standard input. */
  #turns = new WeakMap<object, Promise<unknown>>();
  #pipe = {};
  /** What the next file that somebody waits for has to let go first: all before it, as long as patience lasts. */
  #asked: Promise<unknown> = Promise.resolve();
  #busy = new Set<Promise<void>>();

  constructor(pool: Pool, context: StageContext, out: Channel<Message>) {
    const chooser = new Chooser(context.dir);
    this.#context = context;
    this.#out = out;
    this.#spool = new Spool(context.dir, context.spool, chooser);
    const rendering = new Rendering(pool, this.#spool, context.signal);
    this.#pages = new Pages(this.#spool, rendering);
    this.#streams = new Streams(this.#spool, rendering, chooser, {
      announce: (file, reply) => this.#announce(file, reply),
      give: async (message) => {
        await this.#give(message);
      },
      signal: context.signal,
    });
  }

  async run(input: AsyncIterable<Message>): Promise<void> {
    for (const left of await this.#spool.left()) this.#finish(left);
    for await (const message of input) {
      const { record } = message;
      if (record.kind === 'file') {
        if (record.open) this.#open(message as Message<FileRecord>);
        else this.#accept(message as Message<FileRecord>);
      } else if (record.kind === 'more' && this.#streams.has(record.id))
        this.#track(this.#streams.more(message, record.id));
      else if (record.kind === 'end' && record.id && this.#streams.has(record.id))
        this.#track(this.#streams.end(message, record.id));
      // What is rendered already, and what is said of it while it grows.
      else if (record.kind === 'entry' || ((record.kind === 'more' || record.kind === 'end') && !message.body))
        await this.#out.push(message);
      else {
        if (record.kind === 'error') this.#context.warn(record.message);
        await drain(message.body);
        const { id } = record;
        if (typeof id === 'string') message.reply?.({ kind: 'error', id, message: `there is no open file ${id}` });
      }
      if (!message.reply && record.kind === 'file' && this.#busy.size >= UNDER_WAY) await Promise.race(this.#busy);
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
  async #give(message: Message): Promise<boolean> {
    return !this.#context.signal.aborted && (await this.#out.push(message));
  }

  /** Takes a file in and gives its entry on in its turn. */
  #accept(message: Message<FileRecord>): void {
    const sender = message.from ?? this.#pipe;
    const before = Promise.all([this.#turns.get(sender), message.reply && this.#asked]);
    const id = message.record.id ?? randomId();
    const known = this.#files.get(id);
    if (known) {
      const answered = before.then(() => this.#again(message, known));
      this.#turns.set(
        sender,
        answered.catch(() => {}),
      );
      return this.#track(answered);
    }
    const taken = this.#spool.takeIn({ ...message, record: { ...message.record, id } }, id);
    this.#files.set(id, taken);
    const forget = () => void this.#files.delete(id);
    taken.catch(forget);
    // Rendering begins at once, whatever the files before it do.
    // In a pipe an entry is one line: nobody waits to see it.
    const first = message.reply && taken.then((file) => this.#pages.first(file));
    first?.catch(() => {});
    const rendered = taken.then((file) => this.#pages.whole(file));
    rendered.catch(() => {});
    const turn = (async () => {
      const file = await taken.catch((error: unknown) =>
        error instanceof Gone ? this.#pointTo(message, id) : this.#refuse(message, id, error),
      );
      // The clock runs from when rendering began: what hangs must not add up.
      const early = message.reply ? undefined : soon(rendered, PATIENCE.piped);
      await before;
      if (!file) return;
      const entry = rendered.then((result) => this.#spool.entry(file, result));
      const inTime = (await early) ?? false;
      if (!inTime) await this.#announce(file, message.reply);
      const shown = first?.then((result) => this.#giveFirst(file, result));
      const given = Promise.all([entry, shown])
        .then(([record]) => this.#giveEntry(file, record))
        .finally(forget);
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

  /** Its entry is in the scroll already: who takes entries knows where, and answers. */
  async #pointTo({ record, reply }: Message<FileRecord>, id: string): Promise<undefined> {
    const { name = 'file', host, time, path = '' } = record;
    // Who kept it did so once more while it was tidied up, and may have left its note.
    await tidyUp(this.#context.dir, { kind: 'entry', id, kept: dirname(path) });
    await this.#give({ record: { kind: 'entry', id, status: 'accepted', name, host, time }, reply });
    return undefined;
  }

  /** The same file once more, while it is on its way: the same entry answers, unless the first never arrived whole. */
  async #again(message: Message<FileRecord>, known: Promise<Accepted>): Promise<void> {
    const file = await known.catch(() => undefined);
    if (!file) return this.#accept(message);
    await drain(message.body);
    if (message.reply) await this.#announce(file, message.reply);
  }

  /**
   * Gives an entry on; settles when it has been taken, so that the same id sent meanwhile does not disturb it. While its
   * original is still being copied, the note in the spool stays until that is done.
   */
  async #giveEntry(file: Accepted, record: EntryRecord): Promise<void> {
    const copying = file.copying?.() ?? false;
    // One after the other: the disk is not to be busy with the original while the page is on its way.
    await this.#handOver(copying ? { ...record, copying } : record);
    await file.durable();
    if (!copying) return;
    // It is whole now. Whoever has its page already only tidies up, and with that the note goes.
    const { renewed: _, ...plain } = record;
    await this.#handOver(plain);
  }

  /** Gives the first page of a file on, as that of one that still grows: the whole follows. */
  async #giveFirst(file: Accepted, result: RenderResult | undefined): Promise<void> {
    if (!result?.ok) return;
    await this.#handOver({ ...(await this.#spool.entry(file, result, true)), copying: true });
    await this.#give({ record: { kind: 'end', id: file.id, bytes: file.bytes } });
  }

  /** Gives an entry on and waits for the answer, unless there is nobody to give it. */
  #handOver(record: EntryRecord): Promise<void> {
    return new Promise((settle) => {
      const reply: Reply = (answer) => {
        if (answer.kind === 'error') this.#context.warn(answer.message);
        settle();
      };
      const given = this.#give({ record, reply });
      void given.then((taken) => taken || settle());
    });
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
      record: this.#spool.describe(file, 'accepted'),
      reply:
        reply &&
        ((answer) => {
          file.durable().then(
            () => reply(answer),
            (error: unknown) => reply({ kind: 'error', id: file.id, message: `${file.name}: ${messageOf(error)}` }),
          );
        }),
    });
  }

  #open(message: Message<FileRecord>): void {
    const id = message.record.id ?? randomId();
    this.#track(this.#streams.open(message, id).catch((error: unknown) => this.#refuse(message, id, error)));
  }

  /** What an earlier run had taken in is given on: rendered, taken in once more, or with the word that it is lost. */
  #finish(left: Left): void {
    const { file } = left;
    const renewed = !left.whole && left.renewed ? { renewed: true } : {};
    if (!left.whole && left.again) return this.#accept({ record: { ...left.again, ...renewed } });
    const finish = async () => {
      if (left.whole) {
        this.#files.set(file.id, Promise.resolve(file));
        await this.#announce(file, undefined);
        return this.#giveEntry(file, await this.#spool.entry(file, await this.#pages.whole(file)));
      }
      const error = 'webpipe ended before it had received this; show it again';
      await this.#give({ record: { ...(await this.#spool.entry(file, { ok: false, ms: 0, error })), ...renewed } });
      await this.#spool.forget(file.id);
    };
    this.#track(finish().finally(() => this.#files.delete(file.id)));
  }
}
