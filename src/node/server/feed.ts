import { readFileSync, statSync } from 'node:fs';
import type { WebSocket } from 'ws';
import type { Entry } from '../../shared/entry.ts';
import { messageOf } from '../../shared/errors.ts';
import type { EventMessage, FeedEntry, FeedMessage, ViewerMessage } from '../../shared/feed.ts';
import type { ScrollReader, Sequenced } from '../store/scroll.ts';
import type { Capabilities } from './capability.ts';
import type { Library } from './library.ts';

/** Entries in the first message, and in each that follows with older ones. */
const NEWEST = 40;
const CHUNK = 500;
/** What may wait for a browser that does not read, bytes; it is ended then, and comes back. */
const MAX_UNREAD = 16 * 1024 * 1024;
/** A page up to this size goes with its event, so that a warm frame can show it at once. */
const MAX_INLINE = 128 * 1024;
/** Warm frames that one viewer may have at a time. */
const MAX_SPARES = 4;
/** How long an entry that was accepted may wait for its page, milliseconds, and how many events wait with it. */
const MOMENT = 15;
const MANY = 50;
/** How long a viewer may take to say who it is, milliseconds. */
const FIRST_WORD = 10_000;

export interface FeedOptions {
  readonly library: Library;
  readonly capabilities: Capabilities;
  readonly authorize: (token: string) => boolean;
}

/** Serves one viewer: a snapshot of a scroll and then its events, as one stream without gap or double. */
export function serveFeed(socket: WebSocket, options: FeedOptions): void {
  const frames = new Set<string>();
  let viewer: Viewer | undefined;
  let started = false;
  const timer = setTimeout(() => socket.close(4408, 'silent'), FIRST_WORD);
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const message = parse(String(data));
    if (!message) return socket.close(4400, 'not a message');
    if (message.kind === 'subscribe') {
      if (started) return;
      started = true;
      clearTimeout(timer);
      void start(socket, message, options).then(
        (made) => {
          viewer = made;
          if (socket.readyState !== socket.OPEN) viewer?.close();
        },
        (error: unknown) => refuse(socket, messageOf(error)),
      );
    } else if (!viewer) {
      socket.close(4401, 'subscribe first');
    } else if (message.kind === 'bind') {
      if (frames.has(message.frame) && viewer.scroll.entry(message.id))
        options.capabilities.bind(message.frame, viewer.scroll.name, message.id);
    } else {
      // Names of frames that have been bound stay good while the viewer is here.
      const names = Array.from({ length: Math.min(Math.max(0, message.count), MAX_SPARES) }, () =>
        options.capabilities.spare(viewer?.scroll.name ?? ''),
      );
      for (const name of names) frames.add(name);
      say(socket, { kind: 'spares', frames: names });
    }
  });
  socket.once('close', () => {
    clearTimeout(timer);
    viewer?.close();
    // A frame may still be loading its last file.
    setTimeout(() => {
      for (const name of frames) options.capabilities.forget(name);
    }, 60_000).unref();
  });
}

interface Viewer {
  readonly scroll: ScrollReader;
  close(): void;
}

async function start(
  socket: WebSocket,
  hello: Extract<ViewerMessage, { kind: 'subscribe' }>,
  options: FeedOptions,
): Promise<Viewer | undefined> {
  if (!options.authorize(hello.token)) return refuse(socket, 'login');
  const used = await options.library.use(hello.scroll);
  if (!used) return refuse(socket, 'no such scroll');
  const { scroll, release } = used;
  const capOf = (id: string) => options.capabilities.of(scroll.name, id);
  let sent = scroll.seq;
  // Subscribed and read in one turn: what was told of already is passed over by its number.
  const resumes = hello.journal === scroll.journal && hello.after !== undefined && hello.after <= scroll.seq;
  const missed = resumes ? scroll.read(hello.after ?? 0) : undefined;
  const forward = (next: Sequenced) => {
    if (next.event.event !== 'grown') {
      if (next.seq <= sent) return;
      sent = next.seq;
    }
    const page = next.page && inline(next.page);
    together.add({
      kind: 'event',
      seq: next.seq,
      event: next.event,
      cap: capOf(next.event.id),
      ...(page ? { page } : {}),
    });
  };
  const together = createTogether((message) => say(socket, message));
  const stop = scroll.subscribe(forward);
  if (missed) {
    for (const { seq, event } of missed) say(socket, { kind: 'event', seq, event, cap: capOf(event.id) });
    say(socket, { kind: 'live', seq: sent });
  } else snapshot(socket, scroll, options.library.isOwn(scroll.name), capOf);
  return {
    scroll,
    close: () => {
      stop();
      together.close();
      release();
    },
  };
}

/**
 * Sends events on. One that says `accepted` waits a moment for the one that says how rendering ended, which mostly is
 * there at once: a browser that gets both in one message lays the page out once.
 */
function createTogether(send: (message: FeedMessage) => void): { add(event: EventMessage): void; close(): void } {
  let held: EventMessage[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const [only, ...more] = held;
    if (only) send(more.length === 0 ? only : { kind: 'events', events: held });
    held = [];
  };
  return {
    add(message) {
      held.push(message);
      const [first] = held;
      if (message.event.event === 'accepted') timer ??= setTimeout(flush, MOMENT);
      else if (first?.event.id === message.event.id || held.length >= MANY) flush();
    },
    close: () => clearTimeout(timer),
  };
}

function snapshot(socket: WebSocket, scroll: ScrollReader, running: boolean, capOf: (id: string) => string): void {
  const entries = [...scroll.entries];
  const dress = (some: readonly Entry[]): FeedEntry[] => some.map((entry) => ({ ...entry, cap: capOf(entry.id) }));
  let from = Math.max(0, entries.length - NEWEST);
  say(socket, {
    kind: 'snapshot',
    journal: scroll.journal,
    seq: scroll.seq,
    total: entries.length,
    running,
    entries: dress(entries.slice(from)),
  });
  // The older ones go in pieces, each when the one before is on its way, so that nobody waits for them.
  const more = () => {
    if (from === 0 || socket.readyState !== socket.OPEN) return;
    const to = from;
    from = Math.max(0, to - CHUNK);
    say(socket, { kind: 'older', entries: dress(entries.slice(from, to)) });
    setTimeout(more, 5);
  };
  setTimeout(more, 30);
}

/** The HTML of a page if it is small. Read at once: it has just been written, and somebody waits to see it. */
function inline(page: string): string | undefined {
  try {
    return statSync(page).size <= MAX_INLINE ? readFileSync(page, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function say(socket: WebSocket, message: FeedMessage): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(JSON.stringify(message));
  if (socket.bufferedAmount > MAX_UNREAD) socket.terminate();
}

function refuse(socket: WebSocket, message: string): undefined {
  say(socket, { kind: 'error', message });
  socket.close(4403, message.slice(0, 100));
  return undefined;
}

function parse(text: string): ViewerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const message = value as Record<string, unknown>;
  const isText = (field: string) => typeof message[field] === 'string';
  const fits =
    (message.kind === 'subscribe' && isText('token') && isText('scroll')) ||
    (message.kind === 'bind' && isText('frame') && isText('id')) ||
    (message.kind === 'spare' && Number.isInteger(message.count));
  return fits ? (message as unknown as ViewerMessage) : undefined;
}
