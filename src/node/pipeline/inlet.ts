import { messageOf, WpError } from '../../shared/errors.ts';
import type { Message, Reply } from '../../shared/message.ts';
import { type WireRecord, withoutLocal } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { type DecodeOptions, decode, encodeRecord } from '../codec/ndjson.ts';
import type { Connection, Handler } from '../transport/connection.ts';
import { Channel } from './channel.ts';
import { type Admission, answerHello, type Door, type Greeting } from './hello.ts';

/** Messages that wait between all inputs of a stage and the stage. */
const WAITING = 16;

/** Messages of one peer that may wait for their answer; it is not read from meanwhile. */
const UNANSWERED = 64;

/** Who the peers of a listener are. */
export interface PeerOptions {
  /** Which tokens let in a peer that did not prove itself otherwise; without it, none does. */
  readonly door?: Door;
  /** What their entries say of where they come from, whatever they say themselves. */
  readonly host?: string;
  /** Whether they may speak as clients of 2014 do, and how: in tagged netstrings, or in paths. */
  readonly legacy?: 'netstrings' | 'paths' | undefined;
  /** The largest file that is taken by value, bytes. */
  readonly maxSize?: number | undefined;
}

/** The largest file that is taken if nothing else is said, bytes. */
export const MAX_SIZE: number = 100 * 1024 ** 3;

/** @throws WpError where a file has more bytes than are taken */
export function checkSize(bytes: number, maxSize: number): void {
  if (bytes <= maxSize) return;
  throw new WpError('recv', `it has ${bytes} bytes, and ${maxSize} are taken`, 'raise --max-size there');
}

/** A netcat of 2014 ends only when its peer does, and says no word when it has said all: so it is told, milliseconds. */
const LEGACY_IDLE = 500;

/**
 * How long a peer may leave a record unfinished, and how slowly its contents may come; between two records it may be
 * silent as long as it likes.
 */
const PATIENCE = { silence: 60_000, rate: 1024 } as const;

/**
 * The input of a stage from everywhere at once: its standard input, its listeners, what an earlier run left. Each
 * source has its own pump, so that one that is slow or silent holds up nobody.
 */
export class Inlet implements AsyncIterable<Message> {
  #channel = new Channel<Message>(WAITING);

  /** Takes one message; settles when there was room for it. Once closed, it answers with an error. */
  async push(message: Message): Promise<void> {
    if (await this.#channel.push(message)) return;
    const { id } = message.record;
    message.reply?.({ kind: 'error', ...(typeof id === 'string' ? { id } : {}), message: 'webpipe is ending' });
    await drain(message.body).catch(() => {});
  }

  /** Takes all of `messages`; settles when they have ended. */
  async add(messages: AsyncIterable<Message>): Promise<void> {
    for await (const message of messages) if (!(await this.#channel.push(message))) return;
  }

  /**
   * Serves the peers of a listener: their messages come in with a way back, and each is closed when all it asked has
   * been answered. What is no record is answered by one line, and the connection is closed.
   */
  handler(options: PeerOptions = {}): Handler {
    return async (connection) => {
      const answers = new Answers(connection);
      try {
        await this.#converse(connection, answers, options);
      } catch (error) {
        if (error instanceof Ending) return;
        const { id, cause } = error instanceof Refusal ? error : { id: undefined, cause: error };
        connection.send(encodeRecord({ kind: 'error', id, message: messageOf(cause) }));
      }
      await answers.settled();
    };
  }

  /** Hands on what a peer sent. @throws Ending when nothing is taken any more: the peer is to send it again, elsewhere or later */
  async #hand(message: Message): Promise<void> {
    if (!(await this.#channel.push(message))) throw new Ending();
  }

  async #converse(connection: Connection, answers: Answers, options: PeerOptions): Promise<void> {
    const { door, host, legacy, maxSize = MAX_SIZE } = options;
    let admission: Admission | undefined;
    const decoding: DecodeOptions = { bare: 'absolute', patience: PATIENCE, legacy: legacy === 'netstrings' };
    // What is open, and how much of it has come.
    const open = new Map<string, number>();
    const bytes = legacy ? answers.watch(connection.bytes) : connection.bytes;
    try {
      for await (const message of decode(bytes, decoding)) {
        const { record } = message;
        if (record.kind === 'hello') {
          await drain(message.body);
          const said = await answerHello(record, door).catch((error: unknown): Greeting => {
            // Who proved itself by where it comes from needs no token, not even a good one. A challenge asks of us.
            if (connection.trusted && record.challenge === undefined) return {};
            throw error;
          });
          if (said.answer) connection.send(encodeRecord(said.answer));
          if (said.admission) connection.welcome();
          admission = said.admission ?? admission;
          continue;
        }
        if (!connection.trusted && !(await admission?.valid()))
          throw admission
            ? new WpError('connection', 'this token was revoked', 'make another with "wp token"')
            : new WpError(
                'connection',
                'this port takes only its own user, or who brings a token',
                '"wp token" makes one',
              );
        if (record.kind === 'end' && record.id === undefined) return;
        if (record.kind === 'ack' || record.kind === 'error') {
          await drain(message.body);
          continue;
        }
        const { id, length = 0 } = record;
        const size = Number(length) + ((typeof id === 'string' && open.get(id)) || 0);
        try {
          checkSize(size, maxSize);
        } catch (error) {
          // Of a stream more would come for ever.
          if (record.kind === 'more') throw new Refusal(id, error);
          connection.send(
            encodeRecord({ kind: 'error', id: typeof id === 'string' ? id : undefined, message: messageOf(error) }),
          );
          await drain(message.body);
          continue;
        }
        await answers.room();
        const foreign = connection.trusted ? {} : ({ foreign: true } as const);
        const plain = connection.trusted ? record : withoutLocal(record);
        const came = { ...message, ...foreign, record: labelled(plain, admission?.host ?? host), from: connection };
        if (record.kind === 'file' && record.open) {
          const name = record.id ?? randomId();
          open.set(name, 0);
          await this.#hand({ ...came, record: { ...came.record, id: name }, reply: answers.expect() });
          continue;
        }
        if (record.kind === 'entry' && record.status === 'open') open.set(record.id, size);
        else if (record.kind === 'more' && open.has(record.id)) open.set(record.id, size);
        else if (typeof id === 'string') open.delete(id);
        await this.#hand(record.kind === 'more' ? came : { ...came, reply: answers.expect() });
      }
    } finally {
      // A sender that goes away leaves what it was sending complete as far as it got.
      for (const id of open.keys()) await this.#channel.push({ record: { kind: 'end', id }, from: connection });
    }
  }

  /** No more comes from anywhere. */
  close(): void {
    this.#channel.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<Message> {
    return this.#channel[Symbol.asyncIterator]();
  }
}

/** A record that says of itself that it comes from `host`, where that is known better here than there. */
function labelled(record: WireRecord, host: string | undefined): WireRecord {
  return host !== undefined && (record.kind === 'file' || record.kind === 'entry') ? { ...record, host } : record;
}

/** A new id: 32 hex digits. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString('hex');
}

/** The stage has ended. */
class Ending extends Error {}

/** What is not taken, and what follows it neither: the peer is told, and the connection is closed. */
class Refusal extends Error {
  readonly id: string | undefined;

  constructor(id: unknown, cause: unknown) {
    super('refused', { cause });
    this.id = typeof id === 'string' ? id : undefined;
  }
}

/** What one peer is still to be told. */
class Answers {
  #connection: Connection;
  #left = 0;
  #wake: (() => void) | undefined;
  /** A client of 2014: it says no word when it has said all. */
  #old = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Looks at the first byte that a peer says, which tells a client of 2014: it is no record's. */
  async *watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let begun = false;
    for await (const piece of bytes) {
      if (!begun) this.#old = /[0-9/]/.test(String.fromCharCode(piece[0] ?? 0));
      begun = true;
      yield piece;
    }
  }

  expect(): Reply {
    this.#left += 1;
    clearTimeout(this.#timer);
    let said = false;
    return (answer) => {
      if (said) return;
      said = true;
      this.#connection.send(encodeRecord(answer));
      this.#left -= 1;
      if (this.#left === 0 && this.#old) this.#timer = setTimeout(() => this.#connection.end(), LEGACY_IDLE).unref();
      this.#wake?.();
    };
  }

  /** Settles when one more may wait. */
  async room(): Promise<void> {
    await this.#below(UNANSWERED);
  }

  /** Settles when every message has been answered. */
  async settled(): Promise<void> {
    await this.#below(1);
  }

  async #below(count: number): Promise<void> {
    while (this.#left >= count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }
}
