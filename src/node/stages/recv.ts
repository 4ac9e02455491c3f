import { messageOf, WpError } from '../../shared/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../../shared/message.ts';
import {
  type AckRecord,
  type EntryRecord,
  type ErrorRecord,
  type FileRecord,
  withoutLocal,
} from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { piecesOf } from '../codec/pieces.ts';
import { Channel } from '../pipeline/channel.ts';
import { checkSize, MAX_SIZE, randomId } from '../pipeline/inlet.ts';
import { Chooser } from './choose.ts';
import { type Arrived, type LiveOriginal, Received } from './received.ts';

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
  /** Who waits for the answer to what has come whole and been given on, by id. */
  #given = new Map<string, Reply[]>();
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

  async #take(came: Message): Promise<void> {
    checkSize(Number(came.record.length ?? 0), this.#maxSize);
    const message = { ...came, record: withoutLocal(came.record) };
    const { record } = message;
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

  /** Passes on what is still being sent, piece by piece as it comes. */
  async #pass(message: Message): Promise<void> {
    if (!message.body) {
      await this.#out.push(message);
      return;
    }
    for await (const piece of piecesOf(message)) await this.#out.push(piece);
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
    const { id = randomId() } = record;
    await this.#keep(id, message, () => this.#received.file({ ...record, id }, body));
  }

  async #takeEntry(message: Message<EntryRecord>): Promise<void> {
    const { body, record } = message;
    const { id } = record;
    if (record.status === 'accepted') {
      await drain(body);
      await this.#out.push({ record, reply: message.reply, from: message.from });
    } else if (!body) {
      throw new WpError('recv', `the entry ${id} came without its page`, 'send it by "wp send"');
    } else if (record.status === 'open') {
      const arrived = await this.#received.entry(record, body);
      arrived.settle();
      const kept = arrived.record;
      await this.#live.get(id)?.close();
      this.#live.set(id, await this.#received.live(kept.page, id));
      await this.#out.push({ record: kept, reply: message.reply, from: message.from });
    } else await this.#keep(id, message, () => this.#received.entry(record, body));
  }

  /**
   * Keeps what came and gives it on at once; its sender is answered when it is on disk. The same id may come more than
   * once, from a sender that lost its connection: what is whole first is given on, and all wait for the same answer.
   */
  async #keep(id: string, message: Message, keep: () => Promise<Arrived<FileRecord | EntryRecord>>): Promise<void> {
    const { reply, from } = message;
    const before = reply && this.#given.get(id);
    if (before) {
      before.push(reply);
      return drain(message.body);
    }
    const arrived = await keep();
    const { record, durable } = arrived;
    if (!reply) {
      arrived.settle();
      await durable();
      await this.#out.push({ record, from });
      return;
    }
    const first = this.#given.get(id);
    if (first) {
      first.push(reply);
      return arrived.discard();
    }
    const replies = [reply];
    this.#given.set(id, replies);
    const answer = (said: AckRecord | ErrorRecord) => {
      this.#given.delete(id);
      for (const each of replies) each(said);
    };
    const answered: Reply = (said) => {
      const failed = (error: unknown) => answer({ kind: 'error', id, message: `${record.name}: ${messageOf(error)}` });
      void durable().then(() => answer(said), failed);
    };
    try {
      arrived.settle();
      await this.#out.push({ record, from, reply: answered });
    } catch (error) {
      this.#given.delete(id);
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
