/** Data of the page of an HTTP archive for its script, as JSON in the element `#facts`. */
export interface HarFacts {
  readonly requests: readonly Request[];
  /** Milliseconds from the first request to the end of the last one. */
  readonly duration: number;
  /** Number of all requests. */
  readonly count: number;
  /** URL, relative to the page, of the JSON list of all requests with their headers. */
  readonly all: string;
}

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly mime: string;
  /** Bytes transferred, or the size of the content if that is unknown; -1 if both are unknown. */
  readonly size: number;
  /** Milliseconds: start after the first request, and duration of each of `PHASES`. */
  readonly start: number;
  readonly phases: readonly number[];
  /** The browser's error message. */
  readonly error?: string;
}

/** A request with the data that its details show. */
export interface DetailedRequest extends Request {
  readonly request: readonly (readonly [string, string])[];
  readonly response: readonly (readonly [string, string])[];
  readonly server: string;
}

/** Names of the phases of a request, in order. */
export const PHASES = [
  'waited for a connection',
  'DNS',
  'connect',
  'TLS',
  'send',
  'wait for an answer',
  'receive',
] as const;
