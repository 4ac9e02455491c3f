import { messageOf } from '../../shared/errors.ts';
import type { Message, Reply } from '../../shared/message.ts';
import { safeName } from '../../shared/names.ts';
import type { FileRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { type Chooser, headOf } from './choose.ts';
import type { RenderResult } from './job.ts';
import { LiveFile } from './live.ts';
import type { Rendering } from './rendering.ts';
import { soon } from './soon.ts';
import { type Accepted, labelsOf, type Spool } from './spool.ts';

/** Milliseconds. A stream that ends so soon is an ordinary file. */
const QUICK = 25;
/** How long a page waits for the first bytes, so that it is not empty from the start. */
const SILENT = 1000;
/** How often growth is told. */
const TELL = 100;

/** How streams reach what is downstream. */
export interface StreamOutput {
  readonly announce: (file: Accepted, reply: Reply | undefined) => Promise<void>;
  readonly give: (message: Message) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The files that are still being sent: taken in as they come, shown while they grow, rendered anew at their end. */
export class Streams {
  #spool: Spool;
  #rendering: Rendering;
  #chooser: Chooser;
  #output: StreamOutput;
  #files = new Map<string, LiveFile>();

  constructor(spool: Spool, rendering: Rendering, chooser: Chooser, output: StreamOutput) {
    this.#spool = spool;
    this.#rendering = rendering;
    this.#chooser = chooser;
    this.#output = output;
  }

  /** Whether this is the id of a file that is still being sent. */
  has(id: string): boolean {
    return this.#files.has(id);
  }

  /** Begins a file and follows it to its end; settles then. The same id once more is the same file. */
  async open({ record: asked, reply }: Message<FileRecord>, id: string): Promise<void> {
    const labels = labelsOf(asked, 'stdin');
    const { name } = labels;
    const { path: _, ...described } = asked;
    const record = { ...described, id, ...labels };
    const known = this.#files.get(id);
    // Before anything is waited for: what comes next on the connection is for this file.
    const live = known ?? new LiveFile(id, this.#spool.livePath(id));
    if (!known) {
      this.#files.set(id, live);
      this.#spool.note(id, record);
    }
    const text = async () => new TextEncoder().encode('text\n');
    const choice = await this.#chooser.choose(name, asked.type, 'file', text);
    const { ready } = live;
    const file: Accepted = {
      id,
      record,
      ...labels,
      bytes: 0,
      choice,
      path: live.spare,
      durable: () => ready,
    };
    try {
      await ready;
      await this.#output.announce(file, reply);
      if (!known) await this.#follow(file, live);
    } catch (error) {
      this.#files.delete(id);
      // Whoever ends it is told too.
      void live.ended.then(() => live.reply?.({ kind: 'error', id, message: messageOf(error) }));
      throw error;
    }
  }

  /** From the first byte of an open file to its end. */
  async #follow(file: Accepted, live: LiveFile): Promise<void> {
    if (!(await soon(live.ended, QUICK)) && file.choice.live) await this.#showOpen(file, live);
    while (!live.over) {
      if (live.bytes === live.told) {
        await live.changed();
        continue;
      }
      live.told = live.bytes;
      await this.#output.give({ record: { kind: 'more', id: file.id, bytes: live.bytes } });
      await live.pause(TELL);
    }
    await live.lend(this.#spool.dirOf(file.id), safeName(file.name));
    const done = { ...(await this.#recognised(file, live)), bytes: live.bytes };
    const { failure } = live;
    const result: RenderResult =
      failure === undefined ? await this.#rendering.render(done) : { ok: false, ms: 0, error: failure };
    const entry = await this.#spool.entry(done, result);
    if (this.#output.signal.aborted) return;
    await this.#output.give({ record: { kind: 'end', id: file.id, bytes: live.bytes } });
    await this.#output.give({ record: entry, reply: live.reply });
    await live.remove();
    this.#files.delete(file.id);
  }

  async #showOpen(file: Accepted, live: LiveFile): Promise<void> {
    if (live.bytes === 0) await live.changed(SILENT);
    await live.lend(this.#spool.dirOf(file.id, true), safeName(file.name));
    const seen = await this.#recognised(file, live);
    // What cannot be shown as it grows is shown as text until its end.
    const open = seen.choice.live ? seen : file;
    const result = await this.#rendering.render(open, { path: live.spare, open: true, bytes: live.bytes });
    await this.#output.give({ record: await this.#spool.entry(open, result, true, live.bytes) });
  }

  /** A file of which there is something by now: where neither name nor type say what it is, its first bytes do. */
  async #recognised(file: Accepted, live: LiveFile): Promise<Accepted> {
    const head = () => headOf(live.spare);
    return { ...file, choice: await this.#chooser.choose(file.name, file.record.type, 'file', head) };
  }

  /** Takes the next bytes of a file. */
  async more({ body }: Message, id: string): Promise<void> {
    const live = this.#files.get(id);
    if (!live || !body) return drain(body);
    await live.append(body);
  }

  /** All of a file has come. */
  async end({ body, reply }: Message, id: string): Promise<void> {
    await drain(body);
    await this.#files.get(id)?.end(reply);
  }
}
