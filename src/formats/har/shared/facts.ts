/** What the page of an HTTP archive tells its script, as JSON in the element `#facts`. */
export interface HarFacts {
  readonly requests: readonly Request[];
  /** Milliseconds from the first request to the end of the last one. */
  readonly duration: number;
  /** How many there are in all. */
  readonly count: number;
  /** URL, relative to the page, of a list of all of them with their headers. */
  readonly all: string;
}

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly mime: string;
  /** Bytes that were transferred, or the size of the content where that is not known; -1 where neither is. */
  readonly size: number;
  /** Milliseconds: when it began, after the first one; and how long each of `PHASES` took. */
  readonly start: number;
  readonly phases: readonly number[];
  /** What went wrong, as the browser said it. */
  readonly error?: string;
}

/** A request with what only its details show. */
export interface Detailed extends Request {
  readonly request: readonly (readonly [string, string])[];
  readonly response: readonly (readonly [string, string])[];
  readonly server: string;
}

/** What a request's time goes on, in its order. */
export const PHASES = [
  'waited for a connection',
  'DNS',
  'connect',
  'TLS',
  'send',
  'wait for an answer',
  'receive',
] as const;
