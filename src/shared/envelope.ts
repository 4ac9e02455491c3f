import type { LocalFacts } from './local.ts';
import type { AckRecord, ErrorRecord, WireRecord } from './records.ts';

/** The answer to a record. */
export type Answer = AckRecord | ErrorRecord;

/** Sends the answer to a record back to its sender. Called at most once; never throws. */
export type Reply = (answer: Answer) => void;

/**
 * A record inside one process, with everything that is not part of the protocol. Only `record`, its body and `local`
 * are ever written to a stream. A consumer must read `body` to its end before it takes the next envelope from the
 * stream.
 */
export interface Envelope<R extends WireRecord = WireRecord> {
  readonly record: R;
  /** The bytes that follow a record with `length`. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** Whether the body can be read more than once, each time from its beginning, because it is on this disk. */
  readonly isReplayable?: true;
  /** Sends the answer. Absent if the sender does not wait for one. */
  readonly reply?: Reply;
  /**
   * For a `more` record, which has no answer: tells its sender that the rest of the stream is refused. Never throws.
   * Only the first call for a stream has an effect.
   */
  readonly refuseStream?: (error: ErrorRecord) => void;
  /** Identifies the sender. Envelopes of one sender keep their order. */
  readonly sender?: object;
  /** Whether the sender is another user or another machine. Its records have no paths. */
  readonly foreign?: true;
  /** The path that a foreign sender put into the record, for the message that refuses it. Never opened. */
  readonly foreignPath?: string;
  /** Facts from the previous stage about files on this machine. Never present if `foreign` is set. */
  readonly local?: LocalFacts;
}
