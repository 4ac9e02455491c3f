import type { WireRecord } from '../../shared/records.ts';

/** Receives the progress of sending. */
export interface Progress {
  /** The record that is written next, followed by its body. */
  begin(record: WireRecord): void;
  /** The number of bytes of the body that have been written since the last call. */
  add(bytes: number): void;
}
