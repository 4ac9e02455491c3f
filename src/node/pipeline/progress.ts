import type { WireRecord } from '../../shared/records.ts';

/** Follows what is sent. */
export interface Progress {
  /** This record is written next, and its body. */
  begin(record: WireRecord): void;
  /** So many bytes of its body have been written. */
  add(bytes: number): void;
}
