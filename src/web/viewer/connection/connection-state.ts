/**
 * The connection to the server's feed, as a pure state machine. `connection.ts` has the socket and the timers, and
 * executes the effects. Each attempt to connect has a number, so that results of an abandoned attempt are ignored.
 */
export interface ConnectionState {
  readonly phase: ConnectionPhase;
  readonly attempt: number;
  /** The time to wait before the next attempt, milliseconds. */
  readonly retryDelay: number;
  /** When the connection was lost (milliseconds since the epoch); undefined while it is live. */
  readonly lostAt?: number;
  /** The connection was live before. */
  readonly wasLive: boolean;
  /** A refused token has been replaced by a new one. If the server refuses that too, the user has to log in. */
  readonly hasRenewedToken: boolean;
}

/**
 * `authorizing`: a token is requested from the browser's storage or the server.
 * `opening`: the socket is opening.
 * `subscribing`: the subscription is sent, and the server has not answered yet.
 * `waiting`: the next attempt begins when the retry timer fires.
 * `login`: the server does not know this browser, so the user has to log in.
 */
export type ConnectionPhase = 'authorizing' | 'opening' | 'subscribing' | 'live' | 'waiting' | 'login';

/** The status that is shown to the user. `static`: the page shows a static copy, whose journal it polls. */
export type ConnectionStatus = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'login' | 'static';

export type ConnectionEvent =
  /** Connect for the first time. */
  | { readonly type: 'start'; readonly now: number }
  /** Connect again at once: the user requests it, the network is back, or the window is visible again. */
  | { readonly type: 'retry'; readonly now: number }
  | { readonly type: 'retry-timer'; readonly now: number }
  /** The result of a request for a token; undefined if the server gives none. `reason`: why, for the user. */
  | { readonly type: 'token'; readonly attempt: number; readonly token: string | undefined; readonly reason?: string }
  /** There is no server to ask for a token. */
  | { readonly type: 'no-server'; readonly attempt: number; readonly now: number }
  | { readonly type: 'opened' }
  /** The server has accepted the subscription and sent the events that the viewer missed. */
  | { readonly type: 'subscribed' }
  | { readonly type: 'closed'; readonly now: number; readonly isRefused: boolean; readonly reason?: string }
  /** It is time to check a connection that seems to be live. */
  | { readonly type: 'check' }
  /** The server has not answered a check. */
  | { readonly type: 'silent'; readonly now: number };

export type ConnectionEffect =
  /** Get a token: with a login code, from storage, or from the server. `isRenewal`: only from the server. */
  | { readonly type: 'request-token'; readonly attempt: number; readonly isRenewal: boolean }
  | { readonly type: 'open-socket'; readonly token: string }
  | { readonly type: 'close-socket' }
  | { readonly type: 'start-retry-timer'; readonly delay: number }
  /** Send a message that the server answers. */
  | { readonly type: 'ping' }
  | { readonly type: 'report'; readonly status: ConnectionStatus; readonly reason?: string };

interface Transition {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** The first and the longest delay before another attempt, milliseconds. */
const FIRST_DELAY = 250;
const MAX_DELAY = 5000;
/** A connection that has been lost for longer than this (milliseconds) is reported as offline. */
const OFFLINE_AFTER = 10_000;

export const NOT_CONNECTED: ConnectionState = {
  phase: 'waiting',
  attempt: 0,
  retryDelay: FIRST_DELAY,
  wasLive: false,
  hasRenewedToken: false,
};

export function connectionTransition(state: ConnectionState, event: ConnectionEvent): Transition {
  const hasSocket = state.phase === 'opening' || state.phase === 'subscribing' || state.phase === 'live';
  switch (event.type) {
    case 'start': {
      const { state: next, effects } = connect(state, event.now);
      return { state: next, effects: [{ type: 'report', status: 'connecting' }, ...effects] };
    }
    case 'retry':
      if (state.phase === 'subscribing' || state.phase === 'live') return { state, effects: [{ type: 'ping' }] };
      return connect({ ...state, retryDelay: FIRST_DELAY, hasRenewedToken: false }, event.now);
    case 'retry-timer':
      return state.phase === 'waiting' ? connect(state, event.now) : unchanged(state);
    case 'token':
      if (state.phase !== 'authorizing' || event.attempt !== state.attempt) return unchanged(state);
      if (event.token !== undefined)
        return { state: { ...state, phase: 'opening' }, effects: [{ type: 'open-socket', token: event.token }] };
      return {
        state: { ...state, phase: 'login' },
        effects: [{ type: 'report', status: 'login', reason: event.reason }],
      };
    case 'no-server':
      if (state.phase !== 'authorizing' || event.attempt !== state.attempt) return unchanged(state);
      return wait(state, event.now);
    case 'opened':
      return state.phase === 'opening' ? { state: { ...state, phase: 'subscribing' }, effects: [] } : unchanged(state);
    case 'subscribed':
      if (!hasSocket) return unchanged(state);
      return {
        state: {
          phase: 'live',
          attempt: state.attempt,
          retryDelay: FIRST_DELAY,
          wasLive: true,
          hasRenewedToken: false,
        },
        effects: [{ type: 'report', status: 'live' }],
      };
    case 'closed':
      if (!hasSocket) return unchanged(state);
      if (!event.isRefused) return wait(state, event.now, event.reason);
      if (state.hasRenewedToken)
        return { state: { ...state, phase: 'login' }, effects: [{ type: 'report', status: 'login' }] };
      return {
        state: { ...state, phase: 'authorizing', hasRenewedToken: true },
        effects: [{ type: 'request-token', attempt: state.attempt, isRenewal: true }],
      };
    case 'check':
      return state.phase === 'subscribing' || state.phase === 'live'
        ? { state, effects: [{ type: 'ping' }] }
        : unchanged(state);
    case 'silent':
      return hasSocket ? connect(state, event.now) : unchanged(state);
  }
}

/** Begins another attempt and closes the socket of the last one. */
function connect(state: ConnectionState, now: number): Transition {
  const hadSocket = state.phase === 'opening' || state.phase === 'subscribing' || state.phase === 'live';
  const attempt = state.attempt + 1;
  const lostAt = hadSocket ? (state.lostAt ?? now) : state.lostAt;
  const next: ConnectionState = { ...state, phase: 'authorizing', attempt, lostAt };
  const effects: ConnectionEffect[] = [{ type: 'request-token', attempt, isRenewal: false }];
  if (hadSocket) effects.unshift(reportLoss(next, now), { type: 'close-socket' });
  return { state: next, effects };
}

/** Waits for the next attempt, each time twice as long. */
function wait(state: ConnectionState, now: number, reason?: string): Transition {
  const next: ConnectionState = {
    ...state,
    phase: 'waiting',
    lostAt: state.lostAt ?? now,
    retryDelay: Math.min(state.retryDelay * 2, MAX_DELAY),
  };
  return {
    state: next,
    effects: [reportLoss(next, now, reason), { type: 'start-retry-timer', delay: state.retryDelay }],
  };
}

function reportLoss({ lostAt, wasLive }: ConnectionState, now: number, reason?: string): ConnectionEffect {
  const isOffline = lostAt !== undefined && now - lostAt > OFFLINE_AFTER;
  return { type: 'report', status: isOffline ? 'offline' : wasLive ? 'reconnecting' : 'connecting', reason };
}

function unchanged(state: ConnectionState): Transition {
  return { state, effects: [] };
}
