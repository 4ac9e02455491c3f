import { drain } from '../codec/drain.ts';
import { messageOf, WpError } from '../model/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../model/message.ts';
import type { AckRecord, EntryRecord, ErrorRecord, FileRecord } from '../model/records.ts';
import { Channel } from '../pipeline/channel.ts';
import { randomId } from '../pipeline/inlet.ts';
import { Chooser } from './choose.ts';
import { type Kept, type LiveOriginal, Received } from './received.ts';

/** The largest body that is taken if nothing else is said, bytes. */
const MAX_SIZE = 100 * 1024 ** 3;
/** Messages of which nobody waits for an answer that may be on their way at a time. */
const UNDER_WAY = 64;

export interface RecvOptions {
  /** The largest body that is taken, bytes. */
  readonly maxSize?: number;
}

/**
 * What comes by value becomes files on this disk, and their names: records that give a file by its path here, an entry
 * by its page. What one sender sends keeps its order. A file that is still being sent (`open`) is passed on as it comes.
 * What an earlier run had taken and given to nobody comes first.
 */
export function recv({ maxSize = MAX_SIZE }: RecvOptions = {}): Stage {
  return (input, context) => {
    const out = new Channel<Message>(16);
    const work = new Recv(context, out, maxSize);
    void work.run(input).then(
      () => out.close(),
      (error) => out.close(error),
    );
    return out;
  };
}

class Recv {
  #context: StageContext;
  #out: Channel<Message>;
  #received: Received;
  #maxSize: number;
  /** What each sender's next message waits for; `#pipe` stands for standard input. */
  #turns = new WeakMap<object, Promise<unknown>>();
  #pipe = {};
  /** What is on its way, by id: whether it came whole, and who waits for its answer. */
  #onTheirWay = new Map<string, { readonly kept: Promise<boolean>; readonly replies: Reply[] }>();
  /** The originals of entries that still grow, by id. */
  #live = new Map<string, LiveOriginal>();
  #busy = new Set<Promise<void>>();

  constructor(context: StageContext, out: Channel<Message>, maxSize: number) {
    this.#context = context;
    this.#out = out;
    this.#received = new Received(context.spool, new Chooser(context.dir));
    this.#maxSize = maxSize;
  }

  async run(input: AsyncIterable<Message>): Promise<void> {
    for (const record of await this.#received.left()) await this.#out.push({ record });
    for await (const message of input) {
      const sender = message.from ?? this.#pipe;
      const before = this.#turns.get(sender) ?? Promise.resolve();
      const turn = before.then(() => this.#take(message)).catch((error: unknown) => this.#refuse(message, error));
      this.#turns.set(sender, turn);
      const done = turn.finally(() => this.#busy.delete(done));
      this.#busy.add(done);
      if (this.#busy.size >= UNDER_WAY && !message.reply) await Promise.race(this.#busy);
    }
    await Promise.all(this.#busy);
    for (const live of this.#live.values()) await live.close();
  }

  async #take(message: Message): Promise<void> {
    const { record } = message;
    if (Number(record.length ?? 0) > this.#maxSize)
      throw new WpError(
        'recv',
        `it has ${record.length} bytes, and ${this.#maxSize} are taken`,
        'raise --max-size there',
      );
    if (record.kind === 'file') {
      if (record.open) await this.#pass(message);
      else await this.#takeFile(message as Message<FileRecord>);
    } else if (record.kind === 'entry') await this.#takeEntry(message as Message<EntryRecord>);
    else if (record.kind === 'more') await this.#takeMore(message, record.id);
    else if (record.kind === 'end') await this.#takeEnd(message, record.id);
    else {
      if (record.kind === 'error') this.#context.warn(record.message);
      await drain(message.body);
    }
  }

  /** Passes on what is still being sent, as it comes; settles when its bytes have been read. */
  async #pass({ record, body, reply, from }: Message): Promise<void> {
    if (!body) {
      await this.#out.push({ record, reply, from });
      return;
    }
    await new Promise<void>((settle, fail) => {
      const watched = (async function* () {
        try {
          yield* body;
        } catch (error) {
          fail(error);
          throw error;
        } finally {
          settle();
        }
      })();
      void this.#out.push({ record, reply, from, body: watched }).then((taken) => taken || settle());
    });
  }

  async #refuse({ record, body, reply }: Message, error: unknown): Promise<void> {
    const line = messageOf(error);
    if (reply) reply({ kind: 'error', id: typeof record.id === 'string' ? record.id : undefined, message: line });
    else this.#context.warn(line);
    await drain(body).catch(() => {});
  }

  async #takeFile(message: Message<FileRecord>): Promise<void> {
    const { record, body } = message;
    if (!body)
      throw new WpError(
        'recv',
        `a path means nothing here (${record.path ?? record.name ?? ''})`,
        'send it by "wp send"',
      );
    // What stages say to each other on one machine means nothing from elsewhere.
    const { path: _p, kept: _k, renewed: _r, whole: _w, id = randomId(), ...rest } = record;
    await this.#keep(id, message, () => this.#received.file({ ...rest, id }, body));
  }

  async #takeEntry(message: Message<EntryRecord>): Promise<void> {
    const { body } = message;
    const { page: _p, kept: _k, copying: _c, renewed: _r, ...record } = message.record;
    const { id } = record;
    if (record.status === 'accepted') {
      await drain(body);
      await this.#out.push({ record, reply: message.reply, from: message.from });
    } else if (!body) {
      throw new WpError('recv', `the entry ${id} came without its page`, 'send it by "wp send"');
    } else if (record.status === 'open') {
      const kept = (await this.#received.entry(record, body)).record;
      await this.#live.get(id)?.close();
      this.#live.set(id, await this.#received.live(kept.page, id));
      await this.#out.push({ record: kept, reply: message.reply, from: message.from });
    } else await this.#keep(id, message, () => this.#received.entry(record, body));
  }

  /**
   * Keeps what came and gives it on at once; its sender is answered when it is on disk. The same id once more, from a
   * sender that lost its connection, is kept and given once, if the first came whole: both wait for the same answer.
   */
  async #keep(id: string, message: Message, keep: () => Promise<Kept<FileRecord | EntryRecord>>): Promise<void> {
    const { reply, from } = message;
    const known = this.#onTheirWay.get(id);
    if (known && reply && (await known.kept)) {
      known.replies.push(reply);
      return drain(message.body);
    }
    const keeping = keep();
    if (!reply) {
      const { record, durable } = await keeping;
      await durable();
      await this.#out.push({ record, from });
      return;
    }
    const whole = keeping.then(
      () => true,
      () => false,
    );
    const mine = { kept: whole, replies: [reply] };
    this.#onTheirWay.set(id, mine);
    const forget = () => this.#onTheirWay.get(id) === mine && this.#onTheirWay.delete(id);
    try {
      const { record, durable } = await keeping;
      const answer = (said: AckRecord | ErrorRecord) => {
        forget();
        for (const each of mine.replies) each(said);
      };
      const answered: Reply = (said) => {
        const failed = (error: unknown) =>
          answer({ kind: 'error', id, message: `${record.name}: ${messageOf(error)}` });
        void durable().then(() => answer(said), failed);
      };
      await this.#out.push({ record, from, reply: answered });
    } catch (error) {
      forget();
      throw error;
    }
  }

  async #takeMore(message: Message, id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live || !message.body) return this.#pass(message);
    const bytes = await live.append(message.body);
    await this.#out.push({ record: { kind: 'more', id, bytes }, from: message.from });
  }

  async #takeEnd(message: Message, id: string | undefined): Promise<void> {
    await drain(message.body);
    const live = id === undefined ? undefined : this.#live.get(id);
    if (id !== undefined) this.#live.delete(id);
    await live?.close();
    await this.#out.push({ record: message.record, reply: message.reply, from: message.from });
  }
}
