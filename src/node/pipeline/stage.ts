import type { Envelope } from '../../shared/envelope.ts';

/** What a stage knows of its surroundings. */
export interface StageContext {
  /** The webpipe directory, absolute. */
  readonly dir: string;
  /** Aborted when the stage is to end; what it has acknowledged by then stays on disk. */
  readonly signal: AbortSignal;
  /** Prints one line for people (stderr). */
  readonly warn: (line: string) => void;
}

/**
 * A stage: reads envelopes and emits envelopes. It ends when its input has ended and everything it has taken has been
 * emitted or is on disk for the next start.
 */
export type Stage = (input: AsyncIterable<Envelope>, context: StageContext) => AsyncIterable<Envelope>;
