import type { Envelope, Reply } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { ErrorRecord, HelloRecord, WireRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { type DecodeOptions, decode, encodeRecord } from '../codec/ndjson.ts';
import type { Connection, Handler } from '../transport/connection.ts';
import { Channel } from './channel.ts';
import { type Admission, type Authenticator, answerHello, type Greeting } from './hello.ts';
import { randomId } from './ids.ts';
import { PendingReplies } from './pending-replies.ts';
import { checkSize, MAX_SIZE } from './size-limit.ts';

/** The most envelopes that wait between the inputs of a stage and the stage. */
const CAPACITY = 16;

/** How a listener identifies its peers, and what it accepts from them. */
export interface PeerOptions {
  /** Admits peers by their tokens; without it, only peers that the transport trusts are admitted. */
  readonly authenticator?: Authenticator;
  /** The host of all records from these peers; it replaces the host in the records. */
  readonly host?: string;
  /** Accept the protocol of 2014: tagged netstrings, or bare paths. */
  readonly legacy?: 'netstrings' | 'paths' | undefined;
  /** The largest file that is accepted by value, bytes. */
  readonly maxSize?: number | undefined;
  /** Treat every peer as foreign: ignore paths and local facts in its records. */
  readonly foreign?: boolean;
}

/**
 * The limits for a peer in the middle of a record: milliseconds without a byte, bytes per second of a body. Between two
 * records there is no limit.
 */
const READ_LIMITS = { maxSilence: 60_000, minRate: 1024 } as const;

/**
 * The input of a stage: standard input, listeners and recovered files, merged. Each source is read independently, so
 * that a slow or silent one does not delay the others.
 */
export class Inlet implements AsyncIterable<Envelope> {
  #channel = new Channel<Envelope>(CAPACITY);

  /** Adds one envelope; resolves when the stage has space for it. If the inlet is closed, refuses the envelope. */
  async push(envelope: Envelope): Promise<void> {
    if (await this.#channel.push(envelope)) return;
    const { id } = envelope.record;
    envelope.reply?.({ kind: 'error', ...(typeof id === 'string' ? { id } : {}), message: 'webpipe is ending' });
    await drain(envelope.body).catch(() => {});
  }

  /** Adds all envelopes of a stream; resolves when it has ended. */
  async add(envelopes: AsyncIterable<Envelope>): Promise<void> {
    for await (const envelope of envelopes) if (!(await this.#channel.push(envelope))) return;
  }

  /**
   * Handles the connections of a listener: each record gets a reply function, and the connection is closed when all
   * records have been answered. Bytes that are not a record are answered with one error, and the connection is closed.
   */
  handler(options: PeerOptions = {}): Handler {
    return async (connection) => {
      const replies = new PendingReplies(connection);
      try {
        await this.#converse(connection, replies, options);
      } catch (error) {
        if (error instanceof StageEnded) return;
        const { id, cause } = error instanceof Refusal ? error : { id: undefined, cause: error };
        connection.send(encodeRecord({ kind: 'error', id, message: messageOf(cause) }));
      }
      await replies.allAnswered();
    };
  }

  /**
   * Hands an envelope to the stage. @throws StageEnded if the stage accepts no more; the peer sends the envelope again
   * later
   */
  async #submit(envelope: Envelope): Promise<void> {
    if (!(await this.#channel.push(envelope))) throw new StageEnded();
  }

  async #converse(connection: Connection, replies: PendingReplies, options: PeerOptions): Promise<void> {
    const { authenticator, host, legacy, maxSize = MAX_SIZE, foreign = false } = options;
    let admission: Admission | undefined;
    const decoding: DecodeOptions = {
      bare: 'absolute',
      peer: connection.trusted && !foreign ? 'local' : 'foreign',
      readLimits: READ_LIMITS,
      legacy: legacy === 'netstrings',
    };
    /** The open streams, and how many bytes of each have arrived. */
    const open = new Map<string, number>();
    /** Why streams were refused after they were opened. */
    const refused = new Map<string, ErrorRecord>();
    /** Refusals of streams whose opening has not been answered: a peer that reads the answer first knows what they mean. */
    const held = new Map<string, ErrorRecord[]>();
    const sendRefusal = (streamId: string, error: ErrorRecord) => {
      const waiting = held.get(streamId);
      if (waiting) waiting.push(error);
      else connection.send(encodeRecord(error));
    };
    const bytes = legacy ? replies.watch(connection.bytes) : connection.bytes;
    try {
      for await (const envelope of decode(bytes, decoding)) {
        const { record } = envelope;
        if (record.kind === 'hello') {
          await drain(envelope.body);
          admission = (await greet(connection, record, authenticator)) ?? admission;
          continue;
        }
        if (!connection.trusted) await checkAdmission(admission);
        if (record.kind === 'end' && record.id === undefined) return;
        if (record.kind === 'ack' || record.kind === 'error') {
          await drain(envelope.body);
          continue;
        }
        const { id, length = 0 } = record;
        const size = Number(length) + ((typeof id === 'string' && open.get(id)) || 0);
        try {
          checkSize(size, maxSize);
        } catch (error) {
          // Pieces of a refused stream would otherwise keep arriving.
          if (record.kind === 'more') throw new Refusal(id, error);
          connection.send(
            encodeRecord({ kind: 'error', id: typeof id === 'string' ? id : undefined, message: messageOf(error) }),
          );
          await drain(envelope.body);
          continue;
        }
        if (record.kind === 'more' && refused.has(record.id)) {
          await drain(envelope.body);
          // Closing the connection stops a sender that sends nothing but this stream.
          if (open.size === 0) return;
          continue;
        }
        const refusal = record.kind === 'end' && record.id !== undefined ? refused.get(record.id) : undefined;
        if (refusal) {
          await drain(envelope.body);
          sendRefusal(String(id), refusal);
          continue;
        }
        if (record.kind !== 'more' && typeof id === 'string') refused.delete(id);
        await replies.hasSpace();
        const labelled = { ...envelope, record: withHost(record, admission?.host ?? host), sender: connection };
        if (record.kind === 'file' && record.open) {
          const streamId = record.id ?? randomId();
          open.set(streamId, 0);
          const opened = { ...labelled.record, id: streamId } as WireRecord;
          const reply = replies.expect();
          held.set(streamId, []);
          const answerOpening: Reply = (answer) => {
            reply(answer);
            const refusals = held.get(streamId) ?? [];
            held.delete(streamId);
            for (const error of refusals) connection.send(encodeRecord(error));
          };
          await this.#submit({ ...labelled, record: opened, reply: answerOpening });
          continue;
        }
        if (record.kind === 'entry' && record.status === 'open') open.set(record.id, size);
        else if (record.kind === 'more' && open.has(record.id)) open.set(record.id, size);
        else if (typeof id === 'string') open.delete(id);
        if (record.kind !== 'more') {
          await this.#submit({ ...labelled, reply: replies.expect() });
          continue;
        }
        const refuseStream = (error: ErrorRecord) => {
          if (refused.has(record.id)) return;
          refused.set(record.id, error);
          open.delete(record.id);
          sendRefusal(record.id, error);
        };
        await this.#submit({ ...labelled, refuseStream });
      }
    } finally {
      // End the streams of a sender that disconnects, with the bytes that have arrived.
      for (const id of open.keys()) await this.#channel.push({ record: { kind: 'end', id }, sender: connection });
    }
  }

  /** Ends the input, even if its sources have more. */
  close(): void {
    this.#channel.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<Envelope> {
    return this.#channel[Symbol.asyncIterator]();
  }
}

/** Answers a hello. @returns the admission of its token, if it has one */
async function greet(
  connection: Connection,
  hello: HelloRecord,
  authenticator: Authenticator | undefined,
): Promise<Admission | undefined> {
  const greeting = await answerHello(hello, authenticator).catch((error: unknown): Greeting => {
    // A trusted peer needs no token, so ignore a wrong one. A challenge must be answered.
    if (connection.trusted && hello.challenge === undefined) return {};
    throw error;
  });
  if (greeting.answer) connection.send(encodeRecord(greeting.answer));
  if (greeting.admission) connection.markAuthenticated();
  return greeting.admission;
}

/** @throws WpError if the peer has sent no token, or its token has been revoked */
async function checkAdmission(admission: Admission | undefined): Promise<void> {
  if (await admission?.valid()) return;
  throw admission
    ? new WpError('connection', 'this token was revoked', 'make another with "wp token"')
    : new WpError('connection', 'this port takes only its own user, or who brings a token', '"wp token" makes one');
}

/** Sets the host of the record to the one that this machine knows the sender by, if there is one. */
function withHost(record: WireRecord, host: string | undefined): WireRecord {
  return host !== undefined && (record.kind === 'file' || record.kind === 'entry') ? { ...record, host } : record;
}

/** The stage accepts no more envelopes. */
class StageEnded extends Error {}

/** A refusal after which the connection is closed. */
class Refusal extends Error {
  readonly id: string | undefined;

  constructor(id: unknown, cause: unknown) {
    super('refused', { cause });
    this.id = typeof id === 'string' ? id : undefined;
  }
}
