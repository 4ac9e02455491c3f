import type { Answer, Envelope } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { ErrorRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { decode, encode, encodeRecord } from '../codec/ndjson.ts';
import type { Connection } from '../transport/connection.ts';
import { authenticate, Refused } from './authenticate.ts';
import { pause } from './deadline.ts';
import type { Progress } from './progress.ts';
import { isPiece, SentStreams } from './sent-streams.ts';

/** Envelopes that have been sent, or are to be, and are not answered; no more are read from the stage meanwhile. */
const MAX_UNANSWERED = 256;
/** The delay between two attempts to connect, milliseconds: it doubles each time, up to the longest. */
const FIRST_DELAY = 200;
const LONGEST_DELAY = 5000;
/** Connections in a row on which the other end only sent errors that concern no record: then it is the wrong one. */
const MAX_COMPLAINTS = 10;

export interface OutletOptions {
  /** Makes a connection. Throws if nobody listens. */
  readonly connect: () => Promise<Connection>;
  /** Where it leads, for people. */
  readonly name: string;
  /** Authenticates us there. The listener has to prove first that it knows it. */
  readonly token?: string;
  /** How long to try in vain after the stage has ended, milliseconds; before that, forever. */
  readonly patience: number;
  /** The error for what waits after `patience` in vain, if the stage may never end; without it, it goes on waiting. */
  readonly gone?: string;
  readonly signal: AbortSignal;
  /** Prints what could not be sent and what nobody else waits for. */
  readonly warn: (line: string) => void;
  /** Prints broken connections and delays: nothing is lost by them. */
  readonly note: (line: string) => void;
  readonly progress?: Progress | undefined;
}

/** An envelope that has been sent, or is to be. */
interface Sent {
  readonly envelope: Envelope;
  /** The id that its answer will have; undefined if none is expected. */
  readonly id: string | undefined;
  /** Some of it has been written on a connection. */
  isBegun: boolean;
}

/**
 * Sends envelopes to another process and passes the answers back. A broken connection is made again, and what was not
 * answered is sent again, in order: the same id twice is one entry there. A body that cannot be read again is answered
 * with an error.
 * @throws WpError if the other end refuses us, or nobody listens for too long
 */
export async function sendTo(envelopes: AsyncIterable<Envelope>, options: OutletOptions): Promise<void> {
  await new Outlet(options).run(envelopes);
}

class Outlet {
  #options: OutletOptions;
  /** In the order of the stage; those before `#next` have been written on this connection. */
  #sent: Sent[] = [];
  #next = 0;
  #hasEnded = false;
  #streams = new SentStreams();
  #failure: unknown;
  #answers = 0;
  /** The last error of the other end that concerns no record. */
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
    // After a failure, or when it is aborted, the stage is not read to its end.
    if (this.#failure === undefined && !this.#options.signal.aborted) await reading;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Answers everything that waits with an error: it is not sent. */
  #refuseAll(why: string): void {
    for (const { envelope, id } of this.#sent.splice(0)) {
      if (id) envelope.reply?.({ kind: 'error', id, message: why, fatal: true });
      if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    }
    this.#next = 0;
    this.#notify();
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Resolves when something has changed: one envelope more or fewer, a connection lost, an end. */
  #change(): Promise<void> {
    return new Promise((settle) => this.#wake.push(settle));
  }

  async #readStage(envelopes: AsyncIterable<Envelope>): Promise<void> {
    try {
      for await (const envelope of envelopes) {
        const { record } = envelope;
        const isAnswered = record.kind === 'file' || record.kind === 'entry' || record.kind === 'end';
        this.#sent.push({ envelope, id: isAnswered ? record.id : undefined, isBegun: false });
        this.#notify();
        while (this.#sent.length >= MAX_UNANSWERED && this.#failure === undefined) await this.#change();
        if (this.#failure !== undefined) return;
      }
    } finally {
      this.#hasEnded = true;
      this.#notify();
    }
  }

  get #isDone(): boolean {
    return (this.#hasEnded && this.#sent.length === 0) || this.#options.signal.aborted || this.#failure !== undefined;
  }

  /** Connects and sends until everything has been answered; without a delay after a connection with answers. */
  async #deliver(): Promise<void> {
    const { name, patience, gone, signal, note } = this.#options;
    signal.addEventListener('abort', () => this.#notify());
    let delay = FIRST_DELAY;
    let deadline: number | undefined;
    let complaints = 0;
    for (;;) {
      while (this.#sent.length === 0 && !this.#isDone) await this.#change();
      if (this.#isDone) return;
      const answersBefore = this.#answers;
      this.#complaint = undefined;
      const problem = await this.#useConnection();
      if (this.#isDone) return;
      if (this.#answers > answersBefore) {
        delay = FIRST_DELAY;
        deadline = undefined;
        complaints = 0;
        continue;
      }
      if (delay === FIRST_DELAY) note(`${problem}; it is tried again`);
      if (this.#complaint !== undefined && ++complaints >= MAX_COMPLAINTS) throw new Refused(name, this.#complaint);
      if (this.#hasEnded || gone !== undefined) deadline ??= Date.now() + patience;
      const isTooLate = deadline !== undefined && Date.now() > deadline;
      if (isTooLate && !this.#hasEnded && gone !== undefined) {
        this.#refuseAll(gone);
        deadline = undefined;
      } else if (isTooLate)
        throw new WpError('send', `${name} could not be reached for ${patience / 1000} s`, 'start it and try again', {
          cause: problem,
        });
      await pause(delay, signal);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    }
  }

  /**
   * Uses one connection from its hello to its end: one loop writes, another reads the answers; the end of either ends
   * both.
   * @returns what went wrong, for people
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
        if (error instanceof Refused) this.#failure ??= error;
        problem = messageOf(error);
        end();
      });
      await this.#write(connection, () => isOver);
      connection.end();
      if (!this.#isDone) connection.destroy();
      await reading;
    } catch (error) {
      connection.destroy();
      if (error instanceof Refused) throw error;
      problem = messageOf(error);
    }
    this.#streams.disconnected();
    return `${name}: ${this.#complaint ?? problem}`;
  }

  async #write(connection: Connection, isOver: () => boolean): Promise<void> {
    while (!isOver() && !this.#isDone) {
      const sent = this.#sent[this.#next];
      if (!sent) {
        await this.#change();
        continue;
      }
      if (this.#dropIfRefused(sent) || this.#refuseIfLost(sent)) continue;
      this.#next += 1;
      sent.isBegun = true;
      this.#streams.written(sent.envelope);
      const isUsable = await this.#writeEnvelope(connection, sent);
      if (!isUsable) return;
      if (sent.id === undefined) this.#remove(sent);
    }
    if (this.#isDone) connection.send(encodeRecord({ kind: 'end' }));
  }

  /** Writes one envelope; resolves to false if the connection is of no more use. */
  async #writeEnvelope(connection: Connection, sent: Sent): Promise<boolean> {
    const { progress } = this.#options;
    progress?.begin(sent.envelope.record);
    let isBody = false;
    try {
      for await (const bytes of encode(sent.envelope)) {
        if (isBody) progress?.add(bytes.length);
        isBody = true;
        if (!(await connection.write(bytes))) return false;
        // It was refused before all of it was written: the rest need not be sent.
        if (sent.id !== undefined && !this.#sent.includes(sent)) return false;
      }
      return true;
    } catch (error) {
      // The body cannot be read. The listener waits for the rest of it, so this connection cannot be used further.
      this.#answer(sent, { kind: 'error', id: sent.id, message: messageOf(error) });
      return false;
    }
  }

  /**
   * Removes the rest of a stream that the other end has refused, and answers its end.
   * @returns whether it did so
   */
  #dropIfRefused(sent: Sent): boolean {
    const { envelope } = sent;
    const refusal = this.#streams.refusalOf(envelope.record);
    if (!refusal) return false;
    if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    this.#remove(sent);
    envelope.reply?.(refusal);
    return true;
  }

  /**
   * Answers and removes an envelope that cannot be sent, because its body was read on an earlier connection, or it
   * continues a stream that broke with one.
   * @returns whether it did so
   */
  #refuseIfLost(sent: Sent): boolean {
    const { envelope } = sent;
    const { record } = envelope;
    const stream = this.#streams.brokenBy(record);
    const isRead = envelope.body !== undefined && envelope.isReplayable !== true && sent.isBegun;
    if (!isRead && stream === undefined) return false;
    if (!envelope.isReplayable) void drain(envelope.body).catch(() => {});
    const why = 'the connection broke while it was sent';
    if (isPiece(record) && !envelope.reply) {
      // Reported once for all pieces of a stream.
      if (stream) this.#options.warn(`${stream}: ${why}; what had come is kept`);
      this.#streams.reported(String(record.id));
      this.#remove(sent);
    } else {
      const rest = isPiece(record) ? 'what had come is kept' : 'send it again';
      this.#answer(sent, { kind: 'error', id: sent.id, message: `${why}; ${rest}` });
    }
    return true;
  }

  /** Reads the answers until there are no more. @throws Refused if the other end does not admit us */
  async #readAnswers(answers: AsyncGenerator<Envelope>): Promise<void> {
    for (;;) {
      const next = await answers.next();
      if (next.done) return;
      const { record } = next.value;
      if (record.kind !== 'ack' && record.kind !== 'error') continue;
      const sent = this.#sent.find(({ id }) => id !== undefined && id === record.id);
      if (sent) {
        this.#answers += 1;
        this.#answer(sent, record);
      } else if (record.kind === 'error' && record.id === undefined) {
        this.#complaint = record.message;
        if (record.message.startsWith('connection: ')) throw new Refused(this.#options.name, record.message);
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

  #answer(sent: Sent, answer: Answer): void {
    this.#remove(sent);
    if (sent.envelope.reply) sent.envelope.reply(answer);
    else if (answer.kind === 'error') this.#options.warn(answer.message);
  }

  #remove(sent: Sent): void {
    const index = this.#sent.indexOf(sent);
    if (index < 0) return;
    this.#sent.splice(index, 1);
    if (index < this.#next) this.#next -= 1;
    this.#notify();
  }
}
