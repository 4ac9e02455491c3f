import type { Answer, Envelope } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';
import {
  type EndRecord,
  type EntryRecord,
  type FileRecord,
  type MoreRecord,
  refusalOf,
  type WireRecord,
} from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { Channel } from './channel.ts';
import { settlesWithin } from './deadline.ts';
import type { Stage, StageContext } from './stage.ts';

/** The most envelopes that a stage emits before it waits for the next stage to read. */
const CAPACITY = 16;

/**
 * Handles one record. An exception refuses the record: the sender gets the error, or it is printed if no sender waits
 * for an answer. The rest of the body is read by the runner.
 * @param turn resolves when all earlier envelopes of the same lane have been handled
 */
export type Handler<R extends WireRecord> = (envelope: Envelope<R>, turn: Promise<void>) => Promise<void>;

/** The handlers of a stage, by kind of record. */
export interface Handlers {
  readonly file: Handler<FileRecord>;
  readonly entry: Handler<EntryRecord>;
  readonly more: Handler<MoreRecord>;
  readonly end: Handler<EndRecord>;
  /** Called before the first envelope is read: emits the files of an earlier run. */
  readonly recover?: () => Promise<void>;
  /** Called when the input has ended and all handlers have settled. */
  readonly close?: () => Promise<void>;
}

/** The stage, as its handlers see it. */
export interface StageOutput {
  /** Emits an envelope. Resolves to false if the stage is ending and the envelope was not emitted. */
  emit(envelope: Envelope): Promise<boolean>;
  /**
   * Emits an envelope and waits for the answer of the stage that takes it over. Resolves to undefined if no stage does.
   * Prints the error if the answer is one.
   */
  handOver(envelope: Envelope): Promise<Answer | undefined>;
  /**
   * Refuses an envelope: answers with the error, or prints it if no sender waits for an answer, and discards the body.
   */
  refuse(envelope: Envelope, error: unknown): void;
  /** Lets the stage wait for this work before it ends. An error is printed. */
  background(work: Promise<void>): void;
}

export interface RunnerOptions {
  /** Envelopes with the same lane are handled in order. The default is the sender. */
  readonly lane?: (envelope: Envelope) => unknown;
  /**
   * How handlers start. `in-turn`: when the earlier envelopes of the lane have been handled. `at-once`: as soon as the
   * envelope is read; they await `turn` before they emit.
   */
  readonly start?: 'in-turn' | 'at-once';
  /**
   * With `at-once`: how long an envelope whose sender waits for an answer may delay later ones of other senders, so
   * that they are emitted in the order of arrival. Milliseconds.
   */
  readonly maxDelay?: number;
  /**
   * The most envelopes in progress, not counting those that the inlet limits. Counted are envelopes without a `reply`
   * and those from standard input.
   */
  readonly inFlight: number;
}

/**
 * Makes a stage from handlers. The runner reads the input, keeps the order in each lane, sends errors of handlers to
 * the senders, and discards unread bodies.
 */
export function createStage(
  options: RunnerOptions,
  createHandlers: (output: StageOutput, context: StageContext) => Handlers,
): Stage {
  return (input, context) => {
    const channel = new Channel<Envelope>(CAPACITY);
    const runner = new Runner(options, channel, context);
    void runner.run(input, createHandlers(runner, context)).then(
      () => channel.close(),
      (error) => channel.close(error),
    );
    return channel;
  };
}

/** The lane of envelopes without a sender: standard input. */
const STDIN = {};

class Runner implements StageOutput {
  #options: RunnerOptions;
  #channel: Channel<Envelope>;
  #context: StageContext;
  /** For each lane, when its last envelope has been handled. */
  #lanes = new Map<unknown, Promise<void>>();
  /** Settles when the latest envelope of any sender has been handled, or after `maxDelay`. */
  #latest: Promise<unknown> = Promise.resolve();
  #inProgress = new Set<Promise<void>>();

  constructor(options: RunnerOptions, channel: Channel<Envelope>, context: StageContext) {
    this.#options = options;
    this.#channel = channel;
    this.#context = context;
  }

  async run(input: AsyncIterable<Envelope>, handlers: Handlers): Promise<void> {
    await handlers.recover?.();
    for await (const envelope of input) {
      this.#start(envelope, handlers);
      const isUnlimited = envelope.reply === undefined || envelope.sender === undefined;
      if (isUnlimited && this.#inProgress.size >= this.#options.inFlight) await Promise.race(this.#inProgress);
    }
    while (this.#inProgress.size > 0) await Promise.all(this.#inProgress);
    await handlers.close?.();
  }

  #start(envelope: Envelope, handlers: Handlers): void {
    const { lane: laneOf = ({ sender }) => sender ?? STDIN, start = 'in-turn', maxDelay } = this.#options;
    const lane = laneOf(envelope);
    const delaysOthers = maxDelay !== undefined && envelope.reply !== undefined && envelope.record.kind === 'file';
    const previous = this.#lanes.get(lane) ?? Promise.resolve();
    const turn = delaysOthers ? Promise.all([previous, this.#latest]).then(() => {}) : previous;
    const handle = () => this.#dispatch(envelope, handlers, turn);
    const handled = (start === 'at-once' ? handle() : turn.then(handle))
      .catch((error: unknown) => this.refuse(envelope, error))
      .then(() => (envelope.isReplayable ? undefined : drain(envelope.body)))
      .catch(() => {});
    const settled: Promise<void> = Promise.all([turn, handled]).then(() => {
      if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
    });
    this.#lanes.set(lane, settled);
    if (delaysOthers) this.#latest = settlesWithin(settled, maxDelay);
    this.background(settled);
  }

  async #dispatch(envelope: Envelope, handlers: Handlers, turn: Promise<void>): Promise<void> {
    const { record } = envelope;
    switch (record.kind) {
      case 'file':
        return handlers.file({ ...envelope, record }, turn);
      case 'entry':
        return handlers.entry({ ...envelope, record }, turn);
      case 'more':
        return handlers.more({ ...envelope, record }, turn);
      case 'end':
        return handlers.end({ ...envelope, record }, turn);
      case 'error':
        this.#context.warn(record.message);
        return undefined;
      case 'hello':
      case 'ack':
        return undefined;
    }
  }

  async emit(envelope: Envelope): Promise<boolean> {
    return !this.#context.signal.aborted && (await this.#channel.push(envelope));
  }

  handOver(envelope: Envelope): Promise<Answer | undefined> {
    return new Promise((settle) => {
      const reply = (answer: Answer) => {
        if (answer.kind === 'error') this.#context.warn(answer.message);
        settle(answer);
      };
      void this.emit({ ...envelope, reply }).then((isTaken) => isTaken || settle(undefined));
    });
  }

  refuse({ record, body, reply, isReplayable }: Envelope, error: unknown): void {
    if (reply) reply(refusalOf(record.id, error));
    else this.#context.warn(messageOf(error));
    if (!isReplayable) void drain(body).catch(() => {});
  }

  background(work: Promise<void>): void {
    const settled: Promise<void> = work
      .catch((error: unknown) => this.#context.warn(messageOf(error)))
      .finally(() => this.#inProgress.delete(settled));
    this.#inProgress.add(settled);
  }
}
