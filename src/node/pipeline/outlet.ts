import type { Answer, Envelope } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { ErrorRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { decode, encode, encodeRecord } from '../codec/ndjson.ts';
import type { Connection } from '../transport/connection.ts';
import { AuthenticationRefused, authenticate } from './authenticate.ts';
import { pause } from './deadline.ts';
import type { Progress } from './progress.ts';
import { isPiece, SentStreams } from './sent-streams.ts';

/** The most envelopes without an answer; at this number, the outlet stops reading from the stage. */
const MAX_UNANSWERED = 256;
/** The delay between two attempts to connect, milliseconds: it doubles each time, up to the maximum. */
const FIRST_DELAY = 200;
const MAX_DELAY = 5000;
/**
 * After so many connections in a row with nothing but errors that concern no record, give up: the listener is probably
 * not webpipe.
 */
const MAX_ERRORS_IN_A_ROW = 10;

export interface OutletOptions {
  /** Connects. Throws if nothing listens there. */
  readonly connect: () => Promise<Connection>;
  /** The name of the endpoint, for messages. */
  readonly name: string;
  /** The token to authenticate with. It is sent only after the listener has proved that it knows the token. */
  readonly token?: string;
  /** How long to keep trying after the stage has ended, milliseconds. Before the stage ends there is no limit. */
  readonly retryTimeout: number;
  /** If given, `retryTimeout` applies before the stage ends too, and waiting senders then get this error. */
  readonly unreachableMessage?: string;
  readonly signal: AbortSignal;
  /** Prints errors that have no waiting sender. */
  readonly warn: (line: string) => void;
  /** Prints delays and broken connections, after which nothing is lost. */
  readonly info: (line: string) => void;
  readonly progress?: Progress | undefined;
}

/** An envelope that has not been answered. It may have been sent already. */
interface PendingEnvelope {
  readonly envelope: Envelope;
  /** The id of the expected answer; undefined if none is expected. */
  readonly id: string | undefined;
  /** Whether some of it has been written to a connection. */
  isBegun: boolean;
}

/**
 * Sends envelopes to another process and passes the answers back. After a broken connection it reconnects and sends the
 * unanswered envelopes again, in order; the receiver recognises an id that it already has. An envelope whose body
 * cannot be read again is answered with an error.
 * @throws WpError if the listener refuses the connection or is unreachable for too long
 */
export async function sendTo(envelopes: AsyncIterable<Envelope>, options: OutletOptions): Promise<void> {
  await new Outlet(options).run(envelopes);
}

class Outlet {
  #options: OutletOptions;
  /** The unanswered envelopes, in the order of the stage. Those before `#next` have been written to this connection. */
  #unanswered: PendingEnvelope[] = [];
  #next = 0;
  #hasEnded = false;
  #streams = new SentStreams();
  #failure: unknown;
  #answers = 0;
  /** The last error from the listener that concerns no record. */
  #complaint: string | undefined;
  #wake: (() => void)[] = [];

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  async run(envelopes: AsyncIterable<Envelope>): Promise<void> {
    const reading = this.#readStage(envelopes).catch((error: unknown) => {
      this.#failure ??= error;
    });
    await this.#deliver().catch((error: unknown) => {
      this.#failure ??= error;
    });
    this.#refuseAll(this.#failure === undefined ? 'it was ended before it was answered' : messageOf(this.#failure));
    // After a failure or an abort, stop reading the stage.
    if (this.#failure === undefined && !this.#options.signal.aborted) await reading;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Answers all waiting envelopes with an error and does not send them. */
  #refuseAll(reason: string): void {
    for (const { envelope, id } of this.#unanswered.splice(0)) {
      if (id) envelope.reply?.({ kind: 'error', id, message: reason, fatal: true });
      if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    }
    this.#next = 0;
    this.#notify();
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /**
   * Resolves when the state has changed: an envelope was added or answered, the connection was lost, or the stage
   * ended.
   */
  #change(): Promise<void> {
    return new Promise((settle) => this.#wake.push(settle));
  }

  async #readStage(envelopes: AsyncIterable<Envelope>): Promise<void> {
    try {
      for await (const envelope of envelopes) {
        const { record } = envelope;
        const isAnswered = record.kind === 'file' || record.kind === 'entry' || record.kind === 'end';
        this.#unanswered.push({ envelope, id: isAnswered ? record.id : undefined, isBegun: false });
        this.#notify();
        while (this.#unanswered.length >= MAX_UNANSWERED && this.#failure === undefined) await this.#change();
        if (this.#failure !== undefined) return;
      }
    } finally {
      this.#hasEnded = true;
      this.#notify();
    }
  }

  get #isDone(): boolean {
    return (
      (this.#hasEnded && this.#unanswered.length === 0) || this.#options.signal.aborted || this.#failure !== undefined
    );
  }

  /**
   * Connects and sends until everything has been answered. Reconnects without delay if the last connection brought
   * answers.
   */
  async #deliver(): Promise<void> {
    const { name, retryTimeout, unreachableMessage, signal, info } = this.#options;
    signal.addEventListener('abort', () => this.#notify());
    let delay = FIRST_DELAY;
    let deadline: number | undefined;
    let errorsInARow = 0;
    for (;;) {
      while (this.#unanswered.length === 0 && !this.#isDone) await this.#change();
      if (this.#isDone) return;
      const answersBefore = this.#answers;
      this.#complaint = undefined;
      const problem = await this.#useConnection();
      if (this.#isDone) return;
      if (this.#answers > answersBefore) {
        delay = FIRST_DELAY;
        deadline = undefined;
        errorsInARow = 0;
        continue;
      }
      if (delay === FIRST_DELAY) info(`${problem}; it is tried again`);
      if (this.#complaint !== undefined && ++errorsInARow >= MAX_ERRORS_IN_A_ROW)
        throw new AuthenticationRefused(name, this.#complaint);
      if (this.#hasEnded || unreachableMessage !== undefined) deadline ??= Date.now() + retryTimeout;
      const isTooLate = deadline !== undefined && Date.now() > deadline;
      if (isTooLate && !this.#hasEnded && unreachableMessage !== undefined) {
        this.#refuseAll(unreachableMessage);
        deadline = undefined;
      } else if (isTooLate)
        throw new WpError(
          'send',
          `${name} could not be reached for ${retryTimeout / 1000} s`,
          'start it and try again',
          {
            cause: problem,
          },
        );
      await pause(delay, signal);
      delay = Math.min(delay * 2, MAX_DELAY);
    }
  }

  /**
   * Uses one connection, from its hello to its end. One loop writes and another reads the answers; when one ends, so
   * does the other.
   * @returns the reason why it ended, as a message
   */
  async #useConnection(): Promise<string> {
    const { connect, name, token } = this.#options;
    let connection: Connection;
    try {
      connection = await connect();
    } catch (error) {
      return messageOf(error);
    }
    this.#next = 0;
    let isOver = false;
    let problem = 'the connection was closed';
    const end = () => {
      isOver = true;
      this.#notify();
    };
    try {
      const answers = decode(connection.bytes, { bare: 'none' });
      if (token) await authenticate(connection, answers, token, name);
      const reading = this.#readAnswers(answers).then(end, (error: unknown) => {
        if (error instanceof AuthenticationRefused) this.#failure ??= error;
        problem = messageOf(error);
        end();
      });
      await this.#write(connection, () => isOver);
      connection.end();
      if (!this.#isDone) connection.destroy();
      await reading;
    } catch (error) {
      connection.destroy();
      if (error instanceof AuthenticationRefused) throw error;
      problem = messageOf(error);
    }
    this.#streams.noteDisconnect();
    return `${name}: ${this.#complaint ?? problem}`;
  }

  async #write(connection: Connection, isOver: () => boolean): Promise<void> {
    while (!isOver() && !this.#isDone) {
      const pending = this.#unanswered[this.#next];
      if (!pending) {
        await this.#change();
        continue;
      }
      if (this.#dropIfRefused(pending) || this.#refuseIfLost(pending)) continue;
      this.#next += 1;
      pending.isBegun = true;
      this.#streams.noteWritten(pending.envelope);
      const isUsable = await this.#writeEnvelope(connection, pending);
      if (!isUsable) return;
      if (pending.id === undefined) this.#remove(pending);
    }
    if (this.#isDone) connection.send(encodeRecord({ kind: 'end' }));
  }

  /** Writes one envelope. Resolves to false if the connection can no longer be used. */
  async #writeEnvelope(connection: Connection, pending: PendingEnvelope): Promise<boolean> {
    const { progress } = this.#options;
    progress?.begin(pending.envelope.record);
    let isBody = false;
    try {
      for await (const bytes of encode(pending.envelope)) {
        if (isBody) progress?.add(bytes.length);
        isBody = true;
        if (!(await connection.write(bytes))) return false;
        // The envelope was refused while it was being written, so skip the rest.
        if (pending.id !== undefined && !this.#unanswered.includes(pending)) return false;
      }
      return true;
    } catch (error) {
      // The body cannot be read. The listener waits for the rest of it, so this connection cannot be used further.
      this.#answer(pending, { kind: 'error', id: pending.id, message: messageOf(error) });
      return false;
    }
  }

  /**
   * Removes the rest of a stream that the other end has refused, and answers its end.
   * @returns whether it did so
   */
  #dropIfRefused(pending: PendingEnvelope): boolean {
    const { envelope } = pending;
    const refusal = this.#streams.refusalOf(envelope.record);
    if (!refusal) return false;
    if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    this.#remove(pending);
    envelope.reply?.(refusal);
    return true;
  }

  /**
   * Answers and removes an envelope that cannot be sent, because its body was read on an earlier connection, or it
   * continues a stream that broke with one.
   * @returns whether it did so
   */
  #refuseIfLost(pending: PendingEnvelope): boolean {
    const { envelope } = pending;
    const { record } = envelope;
    const stream = this.#streams.brokenStreamOf(record);
    const isRead = envelope.body !== undefined && envelope.isReplayable !== true && pending.isBegun;
    if (!isRead && stream === undefined) return false;
    if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    const reason = 'the connection broke while it was sent';
    if (isPiece(record) && !envelope.reply) {
      // Reported once for all pieces of a stream.
      if (stream) this.#options.warn(`${stream}: ${reason}; what arrived is kept`);
      this.#streams.markReported(String(record.id));
      this.#remove(pending);
    } else {
      const rest = isPiece(record) ? 'what arrived is kept' : 'send it again';
      this.#answer(pending, { kind: 'error', id: pending.id, message: `${reason}; ${rest}` });
    }
    return true;
  }

  /** Reads the answers until there are no more. @throws AuthenticationRefused if the listener refuses the connection */
  async #readAnswers(answers: AsyncGenerator<Envelope>): Promise<void> {
    for (;;) {
      const next = await answers.next();
      if (next.done) return;
      const { record } = next.value;
      if (record.kind !== 'ack' && record.kind !== 'error') continue;
      const pending = this.#unanswered.find(({ id }) => id !== undefined && id === record.id);
      if (pending) {
        this.#answers += 1;
        this.#answer(pending, record);
      } else if (record.kind === 'error' && record.id === undefined) {
        this.#complaint = record.message;
        if (record.message.startsWith('connection: '))
          throw new AuthenticationRefused(this.#options.name, record.message);
      } else if (record.kind === 'error') this.#refuseStream(record);
    }
  }

  /** Passes on that the other end refuses the rest of a stream. An error about anything else concerns nobody here. */
  #refuseStream(error: ErrorRecord): void {
    const stream = this.#streams.refuse(error);
    if (!stream) return;
    this.#answers += 1;
    if (stream.refuseStream) stream.refuseStream(error);
    else this.#options.warn(error.message);
  }

  #answer(pending: PendingEnvelope, answer: Answer): void {
    this.#remove(pending);
    if (pending.envelope.reply) pending.envelope.reply(answer);
    else if (answer.kind === 'error') this.#options.warn(answer.message);
  }

  #remove(pending: PendingEnvelope): void {
    const index = this.#unanswered.indexOf(pending);
    if (index < 0) return;
    this.#unanswered.splice(index, 1);
    if (index < this.#next) this.#next -= 1;
    this.#notify();
  }
}
