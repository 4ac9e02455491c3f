import type { Envelope } from '../../shared/envelope.ts';

/** The context that a stage runs in. */
export interface StageContext {
  /** The webpipe directory, absolute. */
  readonly dir: string;
  /** Aborted when the stage must end. What it has acknowledged by then is on disk. */
  readonly signal: AbortSignal;
  /** Prints one line to standard error. */
  readonly warn: (line: string) => void;
}

/**
 * A stage: reads envelopes and emits envelopes. It ends when its input has ended and every envelope has been emitted or
 * is on disk for the next start.
 */
export type Stage = (input: AsyncIterable<Envelope>, context: StageContext) => AsyncIterable<Envelope>;
