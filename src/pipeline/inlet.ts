import { drain } from '../codec/drain.ts';
import { type DecodeOptions, decode, encodeRecord } from '../codec/ndjson.ts';
import { messageOf, WpError } from '../model/errors.ts';
import type { Message, Reply } from '../model/message.ts';
import type { WireRecord } from '../model/records.ts';
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
      const answers = new Answers(connection, options.legacy ? LEGACY_IDLE : undefined);
      try {
        await this.#converse(connection, answers, options);
      } catch (error) {
        connection.send(encodeRecord({ kind: 'error', message: messageOf(error) }));
      }
      await answers.settled();
    };
  }

  async #converse(connection: Connection, answers: Answers, { door, host, legacy }: PeerOptions): Promise<void> {
    let admission: Admission | undefined;
    const decoding: DecodeOptions = { bare: 'absolute', patience: PATIENCE, legacy: legacy === 'netstrings' };
    const open = new Set<string>();
    try {
      for await (const message of decode(connection.bytes, decoding)) {
        const { record } = message;
        if (record.kind === 'hello') {
          await drain(message.body);
          const said = await answerHello(record, door).catch((error: unknown): Greeting => {
            // Who proved itself by where it comes from needs no token, not even a good one.
            if (connection.trusted) return {};
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
        await answers.room();
        const foreign = connection.trusted ? {} : ({ foreign: true } as const);
        const came = { ...message, ...foreign, record: labelled(record, admission?.host ?? host), from: connection };
        if (record.kind === 'file' && record.open) {
          const id = record.id ?? randomId();
          open.add(id);
          await this.#channel.push({ ...came, record: { ...came.record, id }, reply: answers.expect() });
          continue;
        }
        if (record.kind === 'end' && record.id !== undefined) open.delete(record.id);
        await this.#channel.push(record.kind === 'more' ? came : { ...came, reply: answers.expect() });
      }
    } finally {
      // A sender that goes away leaves what it was sending complete as far as it got.
      for (const id of open) await this.#channel.push({ record: { kind: 'end', id }, from: connection });
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

/** What one peer is still to be told. */
class Answers {
  #connection: Connection;
  #left = 0;
  #wake: (() => void) | undefined;
  #idle: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param idle how long a peer that has all its answers may say nothing more, milliseconds; for ever if not given */
  constructor(connection: Connection, idle?: number) {
    this.#connection = connection;
    this.#idle = idle;
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
      if (this.#left === 0 && this.#idle !== undefined)
        this.#timer = setTimeout(() => this.#connection.end(), this.#idle).unref();
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
