/** A viewer without a browser. It uses the feed like the viewer's page. */
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { reduceEntry, type ScrollEvent } from '../../src/shared/events.ts';
import type { FeedEntry, FeedMessage, ViewerMessage } from '../../src/shared/feed.ts';
import { afterEachFile } from './cleanup.ts';
import { WAIT_LIMIT } from './deadline.ts';
import type { Server } from './wp.ts';
import { until } from './wp.ts';

/** The viewer's port and the scroll of a server. */
type ServerAddress = Pick<Server, 'httpPort' | 'scroll'>;

const openSockets = new Set<WebSocket>();
afterEachFile(() => {
  for (const socket of openSockets) socket.terminate();
  openSockets.clear();
});

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One HTTP request to the viewer's port. */
export function http(
  server: Pick<ServerAddress, 'httpPort'>,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((settle, fail) => {
    const { httpPort: port } = server;
    const pending = request({
      host: '127.0.0.1',
      port,
      path,
      method: options.method,
      headers: { Host: `localhost:${port}`, ...options.headers },
      timeout: WAIT_LIMIT,
    });
    pending.once('error', fail);
    pending.once('timeout', () => pending.destroy(new Error(`no answer to ${path}`)));
    pending.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => settle({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.once('error', fail);
    });
    pending.end(options.body);
  });
}

/** Logs in as the same user, without a code. */
export async function login(server: Pick<ServerAddress, 'httpPort'>): Promise<string> {
  const headers = { 'Content-Type': 'application/json', Origin: `http://localhost:${server.httpPort}` };
  const { status, text } = await http(server, '/api/login', { method: 'POST', headers, body: '{}' });
  if (status !== 200) throw new Error(`login: ${status} ${text}`);
  return (JSON.parse(text) as { token: string }).token;
}

export interface Viewer {
  readonly socket: WebSocket;
  /** All known entries, ascending by number. */
  entries(): FeedEntry[];
  readonly events: readonly ScrollEvent[];
  readonly messages: readonly FeedMessage[];
  /** The last sequence number, and the journal that it belongs to. */
  seq(): number;
  journal(): string;
  /** Waits until an entry satisfies a condition. */
  entry(what: string, matches: (entry: FeedEntry) => boolean): Promise<FeedEntry>;
  /** Fetches the page of an entry by the URL of its frame. */
  page(entry: FeedEntry): Promise<string>;
  close(): void;
}

/** Opens the feed of a scroll and waits for its snapshot, or, if it resumes, until it is up to date. */
export async function watch(
  server: ServerAddress,
  options: { scroll?: string; journal?: string; after?: number } = {},
): Promise<Viewer> {
  const token = await login(server);
  const scroll = options.scroll ?? server.scroll;
  const socket = new WebSocket(`ws://localhost:${server.httpPort}/api/feed`, {
    origin: `http://localhost:${server.httpPort}`,
    family: 4,
  });
  openSockets.add(socket);
  const entries: FeedEntry[] = [];
  const events: ScrollEvent[] = [];
  const messages: FeedMessage[] = [];
  let seq = options.after ?? 0;
  let journal = options.journal ?? '';
  let total = 0;
  let isLive = false;
  let feedError: string | undefined;
  socket.on('error', (error) => {
    feedError = error.message;
  });
  socket.on('close', (code, reason) => {
    feedError ??= `closed with ${code} ${reason}`;
  });
  socket.on('open', () => {
    const subscription: ViewerMessage = {
      kind: 'subscribe',
      token,
      scroll,
      journal: options.journal,
      after: options.after,
    };
    socket.send(JSON.stringify(subscription));
  });
  socket.on('message', (data) => {
    const parsed = JSON.parse(String(data)) as FeedMessage;
    for (const message of parsed.kind === 'events' ? parsed.events : [parsed]) receive(message);
  });
  const receive = (message: FeedMessage) => {
    messages.push(message);
    if (message.kind === 'snapshot') {
      for (const entry of message.entries) entries[entry.n - 1] = entry;
      ({ seq, journal, total } = message);
      isLive = true;
    } else if (message.kind === 'older') {
      for (const entry of message.entries) entries[entry.n - 1] = entry;
    } else if (message.kind === 'event') {
      const { event, cap } = message;
      const entry = reduceEntry(entries[event.n - 1], event);
      if (entry) entries[event.n - 1] = { ...entry, cap };
      events.push(event);
      seq = Math.max(seq, message.seq);
    } else if (message.kind === 'live') isLive = true;
    else if (message.kind === 'error') feedError = message.message;
  };
  await until('the snapshot', () => {
    if (feedError) throw new Error(`the feed: ${feedError}`);
    return isLive && entries.filter(Boolean).length >= total;
  });
  return {
    socket,
    entries: () => entries.filter(Boolean),
    events,
    messages,
    seq: () => seq,
    journal: () => journal,
    entry: (what, matches) =>
      until(what, () => entries.find((entry) => entry && matches(entry))).catch((error: Error) => {
        throw new Error(
          `${error.message}; the last entries are ${JSON.stringify(entries.slice(-5))}${feedError ? `; ${feedError}` : ''}`,
        );
      }),
    page: async (entry) =>
      (await http(server, `/c/${entry.cap}/s/${encodeURIComponent(scroll)}/${entry.id}.html`)).text,
    close: () => socket.terminate(),
  };
}
