import type { LocalFacts } from './local.ts';
import type { AckRecord, ErrorRecord, WireRecord } from './records.ts';

/** The answer to a record. */
export type Answer = AckRecord | ErrorRecord;

/** Sends the answer to a record back to its sender. Called at most once; never throws. */
export type Reply = (answer: Answer) => void;

/**
 * A record inside one process, with everything that belongs to it and is not part of the protocol. Only `record`, its
 * body and `local` are ever written to a stream. Whoever takes an envelope out of a stream reads `body` to its end
 * before taking the next one.
 */
export interface Envelope<R extends WireRecord = WireRecord> {
  readonly record: R;
  /** The bytes that follow a record with `length`. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** The body lies on this disk and can be read more than once, each time from its beginning. */
  readonly isReplayable?: true;
  /** Present if the sender waits for an answer. */
  readonly reply?: Reply;
  /**
   * Of a `more` record, which has no answer: tells its sender that the rest of the stream is refused. Never throws. Only the
   * first call for a stream has an effect.
   */
  readonly refuseStream?: (error: ErrorRecord) => void;
  /** Identifies the sender where there are several; envelopes of one sender keep their order. */
  readonly sender?: object;
  /** The sender is another user or another machine. Its records have no paths. */
  readonly foreign?: true;
  /** The path that a foreign sender put into the record, for the message that refuses it. Never opened. */
  readonly foreignPath?: string;
  /** What the stage before says about files of this machine. Never present when `foreign` is set. */
  readonly local?: LocalFacts;
}
