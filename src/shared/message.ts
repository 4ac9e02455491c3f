import type { AckRecord, ErrorRecord, WireRecord } from './records.ts';

/** Carries the answer to a message back to whoever sent it. Called at most once; never throws. */
export type Reply = (answer: AckRecord | ErrorRecord) => void;

/**
 * What flows between stages: a record, the bytes that follow it where it has a `length`, and, where somebody waits
 * for an answer, the way back. Whoever takes a message out of a stream reads `body` to its end before taking the next.
 */
export interface Message<R extends WireRecord = WireRecord> {
  readonly record: R;
  readonly body?: AsyncIterable<Uint8Array>;
  /** The body lies on this disk: it can be read more than once, each time from its beginning. */
  readonly again?: true;
  readonly reply?: Reply;
  /** Names the sender, where there are several: what comes from one keeps its order. */
  readonly from?: object;
  /** It comes from another user or machine: what is a path there means nothing here. */
  readonly foreign?: true;
}

/** What a stage may know of its surroundings. */
export interface StageContext {
  /** The webpipe directory, absolute. */
  readonly dir: string;
  /** Where a stage keeps what it has taken and not yet given on: a directory of its own, absolute. */
  readonly spool: string;
  /** Aborted when the stage is to end; what was accepted by then stays on disk. */
  readonly signal: AbortSignal;
  /** One line for people (stderr). */
  readonly warn: (line: string) => void;
}

/** A stage: takes messages, gives messages. It ends when its input has ended and all it took has been given. */
export type Stage = (input: AsyncIterable<Message>, context: StageContext) => AsyncIterable<Message>;
