import { messageOf, WpError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import type { AckRecord, ErrorRecord, WireRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { decode, encode, encodeRecord } from '../codec/ndjson.ts';
import type { Connection } from '../transport/connection.ts';
import { challenge } from './hello.ts';

/** Messages that may be on their way and not answered; no more is taken from the stage meanwhile. */
const UNANSWERED = 256;
/** The waits between two tries to connect, milliseconds: each twice the one before, up to the longest. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5000;
/** How long a listener may take to prove itself, milliseconds. */
const PROOF = 10_000;
/** Connections, one after the other, on which the other end only complained: then it is not one for us. */
const COMPLAINTS = 10;

export interface OutletOptions {
  /** Makes a connection. Throws when there is nobody. */
  readonly connect: () => Promise<Connection>;
  /** Where it leads, for people. */
  readonly name: string;
  /** Opens the door there. Its listener has to prove that it knows it before anything else is said. */
  readonly token?: string;
  /** How long it is tried in vain after all has been taken from the stage, milliseconds; before, it is for ever. */
  readonly patience: number;
  /** What is answered after as long in vain where more may come for ever; without it, what comes waits. */
  readonly gone?: string;
  readonly signal: AbortSignal;
  /** Hears of messages that could not be sent, and that nobody else waits for. */
  readonly warn: (line: string) => void;
  /** Hears of connections that broke and of waits: nothing is lost by them. */
  readonly note: (line: string) => void;
  readonly progress?: Progress | undefined;
}

/** Hears how far it is. */
export interface Progress {
  /** This record is written next, and its body. */
  begin(record: WireRecord): void;
  /** So many bytes of its body have been written. */
  add(bytes: number): void;
}

/** A message on its way. */
interface Sent {
  readonly message: Message;
  /** The id that its answer will have; none is expected without it. */
  readonly id: string | undefined;
  /** Some of it has been written on a connection. */
  begun: boolean;
}

/**
 * Sends all `messages` to another process and gives their answers back. A connection that breaks is made anew, and what
 * was not answered is sent again, in its order: the same id twice makes no second entry there. What cannot be sent
 * again, because its bytes have gone, is answered with an error.
 * @throws WpError when the other end refuses us, or nobody is there for too long
 */
export async function sendTo(messages: AsyncIterable<Message>, options: OutletOptions): Promise<void> {
  await new Outlet(options).run(messages);
}

class Outlet {
  #options: OutletOptions;
  /** In the order in which they came; those before `#next` have been written on this connection. */
  #sent: Sent[] = [];
  #next = 0;
  #taken = false;
  /**
   * Streams that are open on this connection, by id, and those of connections which broke, with their names: what had
   * come there is complete as far as it got.
   */
  #open = new Map<string, string>();
  #lost = new Map<string, string>();
  #failure: unknown;
  #answered = 0;
  /** What the other end last complained of, not of one message but of us. */
  #complaint: string | undefined;
  #wake: (() => void)[] = [];

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  async run(messages: AsyncIterable<Message>): Promise<void> {
    const take = this.#take(messages).catch((error: unknown) => {
      this.#failure ??= error;
    });
    await this.#deliver().catch((error: unknown) => {
      this.#failure ??= error;
    });
    // What comes still, after a failure or when we are told to end, is not waited for.
    this.#giveUp(this.#failure === undefined ? 'it was ended before it was answered' : messageOf(this.#failure));
    if (this.#failure === undefined && !this.#options.signal.aborted) await take;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Answers all that waits: it is not sent. */
  #giveUp(why: string): void {
    for (const { message, id } of this.#sent.splice(0)) {
      if (id) message.reply?.({ kind: 'error', id, message: why, fatal: true });
      if (!message.again) void drain(message.body).catch(() => {});
    }
    this.#next = 0;
    this.#tell();
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Settles when something has changed: a message more or less, a connection lost, an end. */
  #change(): Promise<void> {
    return new Promise((settle) => this.#wake.push(settle));
  }

  async #take(messages: AsyncIterable<Message>): Promise<void> {
    try {
      for await (const message of messages) {
        const { record } = message;
        const expects = record.kind === 'file' || record.kind === 'entry' || record.kind === 'end';
        this.#sent.push({ message, id: expects ? record.id : undefined, begun: false });
        this.#tell();
        while (this.#sent.length >= UNANSWERED && this.#failure === undefined) await this.#change();
        if (this.#failure !== undefined) return;
      }
    } finally {
      this.#taken = true;
      this.#tell();
    }
  }

  get #done(): boolean {
    return (this.#taken && this.#sent.length === 0) || this.#options.signal.aborted || this.#failure !== undefined;
  }

  /** Connects and sends, again and again, until all has been answered; at once after a connection that was of use. */
  async #deliver(): Promise<void> {
    const { name, patience, gone, signal, note } = this.#options;
    signal.addEventListener('abort', () => this.#tell());
    let wait = FIRST_WAIT;
    let late: number | undefined;
    let complaints = 0;
    for (;;) {
      while (this.#sent.length === 0 && !this.#done) await this.#change();
      if (this.#done) return;
      const answered = this.#answered;
      this.#complaint = undefined;
      const trouble = await this.#connection();
      if (this.#done) return;
      if (this.#answered > answered) {
        wait = FIRST_WAIT;
        late = undefined;
        complaints = 0;
        continue;
      }
      if (wait === FIRST_WAIT) note(`${trouble}; it is tried again`);
      if (this.#complaint !== undefined && ++complaints >= COMPLAINTS) throw new Refused(name, this.#complaint);
      if (this.#taken || gone !== undefined) late ??= Date.now() + patience;
      const over = late !== undefined && Date.now() > late;
      if (over && !this.#taken && gone !== undefined) {
        this.#giveUp(gone);
        late = undefined;
      } else if (over)
        throw new WpError('send', `${name} could not be reached for ${patience / 1000} s`, 'start it and try again', {
          cause: trouble,
        });
      await this.#pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#options;
    return new Promise((settle) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        settle();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }

  /**
   * One connection, from its hello to its end: one pump writes, one reads the answers; the end of either ends both. Gives
   * what went wrong, for people.
   */
  async #connection(): Promise<string> {
    const { connect, name, token } = this.#options;
    let connection: Connection;
    try {
      connection = await connect();
    } catch (error) {
      return messageOf(error);
    }
    this.#next = 0;
    let gone = false;
    let trouble = 'the connection was closed';
    const over = () => {
      gone = true;
      this.#tell();
    };
    try {
      const answers = decode(connection.bytes, { bare: 'none' });
      if (token) await this.#greet(connection, answers, token);
      const read = this.#read(answers).then(over, (error: unknown) => {
        if (error instanceof Refused) this.#failure ??= error;
        trouble = messageOf(error);
        over();
      });
      await this.#write(connection, () => gone);
      connection.end();
      if (!this.#done) connection.destroy();
      await read;
    } catch (error) {
      connection.destroy();
      if (error instanceof Refused) throw error;
      trouble = messageOf(error);
    }
    for (const [id, stream] of this.#open) this.#lost.set(id, stream);
    this.#open.clear();
    return `${name}: ${this.#complaint ?? trouble}`;
  }

  /** The listener proves that it knows our token; then it gets it. */
  async #greet(connection: Connection, answers: AsyncGenerator<Message>, token: string): Promise<void> {
    const { hello, passes } = challenge(token);
    connection.send(encodeRecord(hello));
    const timer = setTimeout(() => connection.destroy(), PROOF);
    const answer = await answers.next().finally(() => clearTimeout(timer));
    if (answer.done) throw new WpError('send', 'it closed the connection without a word');
    const { record } = answer.value;
    if (record.kind === 'error') throw new Refused(this.#options.name, record.message);
    if (record.kind !== 'hello' || !passes(record))
      throw new Refused(this.#options.name, 'it does not know our token, so nothing was sent to it');
    connection.send(encodeRecord({ kind: 'hello', version: 1, token }));
  }

  async #write(connection: Connection, gone: () => boolean): Promise<void> {
    while (!gone() && !this.#done) {
      const sent = this.#sent[this.#next];
      if (!sent) {
        await this.#change();
        continue;
      }
      if (this.#isLost(sent)) continue;
      this.#next += 1;
      sent.begun = true;
      this.#noteStream(sent.message);
      const written = await this.#writeMessage(connection, sent);
      if (!written) return;
      if (sent.id === undefined) this.#remove(sent);
    }
    if (this.#done) connection.send(encodeRecord({ kind: 'end' }));
  }

  /** Writes one message; gives false when the connection is of no more use. */
  async #writeMessage(connection: Connection, sent: Sent): Promise<boolean> {
    const { progress } = this.#options;
    progress?.begin(sent.message.record);
    let inBody = false;
    try {
      for await (const bytes of encode(sent.message)) {
        if (inBody) progress?.add(bytes.length);
        inBody = true;
        if (!(await connection.write(bytes))) return false;
        // Refused before all of it was said: the rest need not go there.
        if (sent.id !== undefined && !this.#sent.includes(sent)) return false;
      }
      return true;
    } catch (error) {
      // Its bytes cannot be had (any more). The listener waits for the rest of them, so this connection is spoiled.
      this.#answer(sent, { kind: 'error', id: sent.id, message: messageOf(error) });
      return false;
    }
  }

  /**
   * Whether a message cannot be sent (again), because its bytes have gone with a connection, or belong to a stream that
   * has. Answers and removes it then. An entry that is sent whole is what its stream has become.
   */
  #isLost(sent: Sent): boolean {
    const { message } = sent;
    const { record } = message;
    const once = message.body !== undefined && message.again !== true && sent.begun;
    const piece = record.kind === 'more' || record.kind === 'end';
    const stream = typeof record.id === 'string' ? this.#lost.get(record.id) : undefined;
    if (stream !== undefined && !piece) this.#lost.delete(String(record.id));
    if (!once && !(piece && stream !== undefined)) return false;
    if (!message.again) void drain(message.body).catch(() => {});
    const what = 'the connection broke while it was sent';
    if (piece && !message.reply) {
      // Said once of all its pieces.
      if (stream) this.#options.warn(`${stream}: ${what}; what had come is kept`);
      this.#lost.set(String(record.id), '');
      this.#remove(sent);
    } else
      this.#answer(sent, {
        kind: 'error',
        id: sent.id,
        message: `${what}; ${piece ? 'what had come is kept' : 'send it again'}`,
      });
    return true;
  }

  #noteStream({ record }: Message): void {
    if (typeof record.id !== 'string') return;
    const opens = (record.kind === 'file' && record.open) || (record.kind === 'entry' && record.status === 'open');
    if (opens) this.#open.set(record.id, 'name' in record ? String(record.name ?? '') : '');
    else if (record.kind !== 'more') this.#open.delete(record.id);
  }

  /** Takes the answers; ends when there are no more. */
  async #read(answers: AsyncGenerator<Message>): Promise<void> {
    for (;;) {
      const next = await answers.next();
      if (next.done) return;
      const { record } = next.value;
      if (record.kind !== 'ack' && record.kind !== 'error') continue;
      const sent = this.#sent.find(({ id }) => id !== undefined && id === record.id);
      if (sent) {
        this.#answered += 1;
        this.#answer(sent, record);
      } else if (record.kind === 'error' && record.id === undefined) {
        this.#complaint = record.message;
        if (record.message.startsWith('connection: ')) throw new Refused(this.#options.name, record.message);
      }
    }
  }

  #answer(sent: Sent, answer: AckRecord | ErrorRecord): void {
    this.#remove(sent);
    if (sent.message.reply) sent.message.reply(answer);
    else if (answer.kind === 'error') this.#options.warn(answer.message);
  }

  #remove(sent: Sent): void {
    const index = this.#sent.indexOf(sent);
    if (index < 0) return;
    this.#sent.splice(index, 1);
    if (index < this.#next) this.#next -= 1;
    this.#tell();
  }
}

/** The other end has said that it does not take what we send: to try again is of no use. */
class Refused extends WpError {
  constructor(name: string, why: string) {
    super('send', `${name}: ${why}`);
  }
}
