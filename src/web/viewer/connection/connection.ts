import type { FeedMessage, ViewerMessage } from '../../../shared/feed.ts';
import { STALE } from '../ui/panels.ts';
import { firstToken, login, onTokenStored } from './login.ts';

/** How the viewer stands with what feeds it. `static`: a copy that is looked at again now and then. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'login' | 'static';

/** What feeds the viewer: the server, or the journal beside a static copy. */
export interface Connection {
  /** Says something to the server; nothing happens when it is not there. */
  send(message: ViewerMessage): void;
  /** Tries again now. */
  retry(): void;
  /** Tries again with a code that a person pasted. */
  useCode(code: string): void;
}

export interface ConnectionEvents {
  /** A message of the feed. */
  onMessage(message: FeedMessage): void;
  /** The state has changed. `reason`: what the server said against us, for people. */
  onState(state: ConnectionState, reason?: string): void;
  /** Where to go on after a break; undefined to begin anew. */
  resume(): { readonly journal: string; readonly after: number } | undefined;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
/** So often a connection that seems to be there is asked whether it is, and so long it may take to answer. */
const ASK_EVERY = 15_000;
const SILENCE = 5000;
/** Without a connection for this long, the page says offline; it goes on trying. */
const OFFLINE_AFTER = 10_000;

/** Connects to the server's feed of `scroll` and stays connected: comes back by itself, with longer and longer waits. */
export function connectFeed(scroll: string, code: string | undefined, events: ConnectionEvents): Connection {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
  let lostAt: number | undefined;
  /** A token that was refused has been replaced once; the next refusal is for the reader to solve. */
  let askedAgain = false;
  let begun = false;
  let attempt = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const lost = (reason?: string): void => {
    lostAt ??= Date.now();
    events.onState(Date.now() - lostAt > OFFLINE_AFTER ? 'offline' : begun ? 'reconnecting' : 'connecting', reason);
  };

  const later = (reason?: string): void => {
    lost(reason);
    clearTimeout(timer);
    timer = setTimeout(() => connect(), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };

  const open = (token: string): void => {
    const url = new URL('/api/feed', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const current = new WebSocket(url);
    let reason: string | undefined;
    socket = current;
    current.onopen = () => {
      const hello: ViewerMessage = { kind: 'subscribe', token, scroll, ...events.resume() };
      current.send(JSON.stringify(hello));
    };
    current.onmessage = (event: MessageEvent<string>) => {
      if (current !== socket) return;
      clearTimeout(silence);
      const message = JSON.parse(event.data) as FeedMessage;
      if (message.kind === 'error') {
        reason = message.message;
        return;
      }
      if (message.kind === 'snapshot' || message.kind === 'live') {
        begun = true;
        askedAgain = false;
        wait = FIRST_WAIT;
        lostAt = undefined;
      }
      events.onMessage(message);
      if (message.kind === 'snapshot' || message.kind === 'live') events.onState('live');
    };
    current.onclose = () => {
      if (current !== socket) return;
      socket = undefined;
      if (reason === 'login') void refused();
      else later(reason);
    };
  };

  const refused = async (): Promise<void> => {
    const token = askedAgain ? undefined : await login().catch(() => undefined);
    askedAgain = true;
    if (token) open(token);
    else events.onState('login');
  };

  const connect = (): void => {
    clearTimeout(timer);
    clearTimeout(silence);
    const old = socket;
    if (old) lost();
    socket = undefined;
    old?.close();
    attempt += 1;
    const mine = attempt;
    firstToken(code).then(
      (token) => {
        if (mine !== attempt) return;
        const given = code;
        code = undefined;
        if (token) open(token);
        else events.onState('login', given === undefined ? undefined : STALE);
      },
      () => mine === attempt && later(),
    );
  };

  /** A tunnel that has died, or a night in a bag, leave a connection that looks alive; asking for nothing gets an answer. */
  const ask = (): void => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ kind: 'spare', count: 0 } satisfies ViewerMessage));
    clearTimeout(silence);
    silence = setTimeout(connect, SILENCE);
  };

  const retry = (): void => {
    if (socket?.readyState === WebSocket.OPEN) return ask();
    wait = FIRST_WAIT;
    askedAgain = false;
    connect();
  };

  addEventListener('online', retry);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retry());
  onTokenStored(retry);
  setInterval(() => document.visibilityState === 'visible' && ask(), ASK_EVERY);
  events.onState('connecting');
  connect();

  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    retry,
    useCode(pasted) {
      code = pasted;
      retry();
    },
  };
}
