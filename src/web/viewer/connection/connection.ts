import type { FeedMessage, ViewerMessage } from '../../../shared/feed.ts';
import { STALE_LINK } from '../ui/panels.ts';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionStatus,
  connectionTransition,
  NOT_CONNECTED,
} from './connection-state.ts';
import { login, obtainToken, onTokenStored } from './login.ts';

/** The source of the viewer's data: the server, or the journal of a static copy. */
export interface Connection {
  /** Sends a message to the server; does nothing while there is no connection. */
  send(message: ViewerMessage): void;
  /** Tries again now. */
  retry(): void;
  /** Tries again with a login code that the user pasted. */
  useCode(code: string): void;
}

export interface ConnectionOptions {
  readonly onMessage: (message: FeedMessage) => void;
  /** The status has changed. `reason`: the error message of the server, for the user. */
  readonly onStatus: (status: ConnectionStatus, reason?: string) => void;
  /** The last event that the viewer knows, to continue there after a break; undefined to begin anew. */
  readonly position: () => { readonly journal: string; readonly after: number } | undefined;
}

/** How often a connection that seems to be live is checked, and how long the answer may take, milliseconds. */
const CHECK_INTERVAL = 15_000;
const CHECK_TIMEOUT = 5000;

/**
 * Connects to the server's feed of `scroll` and stays connected. `code`: a login code, which works once.
 */
export function connectFeed(scroll: string, code: string | undefined, options: ConnectionOptions): Connection {
  let state = NOT_CONNECTED;
  let socket: WebSocket | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;

  const dispatch = (event: ConnectionEvent): void => {
    const next = connectionTransition(state, event);
    state = next.state;
    next.effects.forEach(execute);
  };

  const execute = (effect: ConnectionEffect): void => {
    switch (effect.type) {
      case 'request-token':
        clearTimeout(retryTimer);
        clearTimeout(silenceTimer);
        void requestToken(effect.attempt, effect.isRenewal);
        return;
      case 'open-socket':
        socket = openSocket(effect.token);
        return;
      case 'close-socket': {
        const old = socket;
        socket = undefined;
        old?.close();
        return;
      }
      case 'start-retry-timer':
        clearTimeout(retryTimer);
        retryTimer = setTimeout(() => dispatch({ type: 'retry-timer', now: Date.now() }), effect.delay);
        return;
      case 'ping':
        // A request for zero warm frames changes nothing, but the server answers it.
        send({ kind: 'spare', count: 0 });
        clearTimeout(silenceTimer);
        silenceTimer = setTimeout(() => dispatch({ type: 'silent', now: Date.now() }), CHECK_TIMEOUT);
        return;
      case 'report':
        options.onStatus(effect.status, effect.reason);
    }
  };

  const requestToken = async (attempt: number, isRenewal: boolean): Promise<void> => {
    const usedCode = isRenewal ? undefined : code;
    try {
      const token = isRenewal ? await login().catch(() => undefined) : await obtainToken(usedCode);
      if (attempt === state.attempt && !isRenewal) code = undefined;
      dispatch({ type: 'token', attempt, token, reason: usedCode === undefined ? undefined : STALE_LINK });
    } catch {
      dispatch({ type: 'no-server', attempt, now: Date.now() });
    }
  };

  const openSocket = (token: string): WebSocket => {
    const url = new URL('/api/feed', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const newSocket = new WebSocket(url);
    let error: string | undefined;
    newSocket.onopen = () => {
      if (newSocket !== socket) return;
      dispatch({ type: 'opened' });
      send({ kind: 'subscribe', token, scroll, ...options.position() });
    };
    newSocket.onmessage = (event: MessageEvent<string>) => {
      if (newSocket !== socket) return;
      clearTimeout(silenceTimer);
      const message = JSON.parse(event.data) as FeedMessage;
      if (message.kind === 'error') {
        error = message.message;
        return;
      }
      options.onMessage(message);
      if (message.kind === 'snapshot' || message.kind === 'live') dispatch({ type: 'subscribed' });
    };
    newSocket.onclose = () => {
      if (newSocket !== socket) return;
      socket = undefined;
      dispatch({ type: 'closed', now: Date.now(), isRefused: error === 'login', reason: error });
    };
    return newSocket;
  };

  const send = (message: ViewerMessage): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const retry = (): void => dispatch({ type: 'retry', now: Date.now() });

  addEventListener('online', retry);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retry());
  onTokenStored(retry);
  setInterval(() => document.visibilityState === 'visible' && dispatch({ type: 'check' }), CHECK_INTERVAL);
  dispatch({ type: 'start', now: Date.now() });

  return {
    send,
    retry,
    useCode(pasted) {
      code = pasted;
      retry();
    },
  };
}
