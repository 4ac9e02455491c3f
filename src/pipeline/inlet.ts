import { drain } from '../codec/drain.ts';
import { type DecodeOptions, decode, encodeRecord } from '../codec/ndjson.ts';
import { messageOf, WpError } from '../model/errors.ts';
import type { Message, Reply } from '../model/message.ts';
import type { Connection, Handler } from '../transport/connection.ts';
import { Channel } from './channel.ts';

/** Messages that wait between all inputs of a stage and the stage. */
const WAITING = 16;

/** Messages of one peer that may wait for their answer; it is not read from meanwhile. */
const UNANSWERED = 64;

/**
 * The input of a stage from everywhere at once: its standard input, its listeners, what an earlier run left. Each
 * source has its own pump, so that one that is slow or silent holds up nobody.
 */
export class Inlet implements AsyncIterable<Message> {
  #channel = new Channel<Message>(WAITING);

  /** Takes all of `messages`; settles when they have ended. */
  async add(messages: AsyncIterable<Message>): Promise<void> {
    for await (const message of messages) if (!(await this.#channel.push(message))) return;
  }

  /**
   * Serves the peers of a listener: their messages come in with a way back, and each is closed when all it asked has
   * been answered. What is no record is answered by one line, and the connection is closed.
   * @param authorize whether a token opens the door for a peer that did not prove itself otherwise
   */
  handler(authorize: (token: string) => boolean): Handler {
    return async (connection) => {
      const answers = new Answers(connection);
      try {
        await this.#converse(connection, answers, authorize);
      } catch (error) {
        connection.send(encodeRecord({ kind: 'error', message: messageOf(error) }));
      }
      await answers.settled();
    };
  }

  async #converse(connection: Connection, answers: Answers, authorize: (token: string) => boolean): Promise<void> {
    let trusted = connection.trusted;
    const options: DecodeOptions = { bare: 'absolute' };
    const open = new Set<string>();
    try {
      for await (const message of decode(connection.bytes, options)) {
        const { record } = message;
        if (record.kind === 'hello') {
          trusted ||= record.token !== undefined && authorize(record.token);
          await drain(message.body);
          continue;
        }
        if (!trusted)
          throw new WpError('connection', 'this port takes only its own user', 'send a hello with a token first');
        if (record.kind === 'end' && record.id === undefined) return;
        if (record.kind === 'ack' || record.kind === 'error') {
          await drain(message.body);
          continue;
        }
        await answers.room();
        if (record.kind === 'file' && record.open) {
          const id = record.id ?? randomId();
          open.add(id);
          await this.#channel.push({
            ...message,
            record: { ...record, id },
            reply: answers.expect(),
            from: connection,
          });
          continue;
        }
        if (record.kind === 'end' && record.id !== undefined) open.delete(record.id);
        await this.#channel.push(
          record.kind === 'more' ? message : { ...message, reply: answers.expect(), from: connection },
        );
      }
    } finally {
      // A sender that goes away leaves what it was sending complete as far as it got.
      for (const id of open) await this.#channel.push({ record: { kind: 'end', id } });
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

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  expect(): Reply {
    this.#left += 1;
    let said = false;
    return (answer) => {
      if (said) return;
      said = true;
      this.#connection.send(encodeRecord(answer));
      this.#left -= 1;
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
