/**
 * The state of an entry. `accepted`: it has a number and no page yet. `open`: its page is shown and the file still
 * grows. `preview`: its page shows the beginning of a large file; the page of the complete file replaces it.
 */
export type Status = 'accepted' | 'ok' | 'failed' | 'open' | 'preview';

/** One entry of a scroll after all events so far. */
export interface Entry {
  readonly n: number;
  readonly id: string;
  readonly status: Status;
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly host: string;
  /** When it was accepted, RFC 3339. */
  readonly time: string;
  /** Size of the original in bytes. */
  readonly bytes: number;
  /** How long rendering took, milliseconds. */
  readonly ms?: number;
  /** Why it failed: one line. */
  readonly error?: string;
  /** Increases by one whenever the page changes, which makes a frame reload it. */
  readonly revision: number;
  readonly deleted?: true;
}
