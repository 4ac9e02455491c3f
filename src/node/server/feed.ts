import type { WebSocket } from 'ws';
import type { Entry } from '../../shared/entry.ts';
import { messageOf } from '../../shared/errors.ts';
import type { FeedEntry, FeedMessage, ViewerMessage } from '../../shared/feed.ts';
import type { ScrollReader, SequencedEvent } from '../store/store.ts';
import type { Capabilities } from './capability.ts';
import type { Deletions } from './deletions.ts';
import { EventBatches } from './event-batches.ts';
import { FeedFrames } from './feed-frames.ts';
import { parseViewerMessage } from './feed-messages.ts';
import type { Library, OpenedScroll } from './library.ts';

/** Entries in the first message, and in each later one with older entries. */
const NEWEST = 40;
const CHUNK = 500;
/** Milliseconds before the first chunk of older entries, and between two. */
const OLDER_DELAY = { first: 30, next: 5 } as const;
/** Unread bytes at which a browser that does not read is disconnected; it reconnects. */
const MAX_UNREAD = 16 * 1024 * 1024;
/** A page of at most this many bytes is sent with its event, so that a warm frame can show it at once. */
const MAX_INLINE = 128 * 1024;
/** How long a viewer may take to send its first message, milliseconds. */
const SUBSCRIBE_TIMEOUT = 10_000;

export interface FeedOptions {
  readonly library: Library;
  readonly capabilities: Capabilities;
  readonly deletions: Deletions;
  readonly authorize: (token: string) => boolean;
}

/** Serves one viewer: a snapshot of a scroll and then its events, without a gap or a duplicate. */
export function serveFeed(socket: WebSocket, options: FeedOptions): void {
  const frames = new FeedFrames(options.capabilities);
  let feed: Feed | undefined;
  let isSubscribed = false;
  const timer = setTimeout(() => socket.close(4408, 'silent'), SUBSCRIBE_TIMEOUT);
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const message = parseViewerMessage(String(data));
    if (!message) return socket.close(4400, 'not a message');
    if (message.kind === 'subscribe') {
      if (isSubscribed) return;
      isSubscribed = true;
      clearTimeout(timer);
      void subscribe(socket, message, options).then(
        (opened) => {
          feed = opened;
          if (socket.readyState !== socket.OPEN) feed?.close();
        },
        (error: unknown) => refuse(socket, messageOf(error)),
      );
    } else if (!feed) socket.close(4401, 'subscribe first');
    else if (message.kind === 'bind') frames.bind(feed.scroll, message.frame, message.id);
    else send(socket, { kind: 'spares', frames: frames.create(feed.scroll, message.count) });
  });
  socket.once('close', () => {
    clearTimeout(timer);
    feed?.close();
    frames.close();
  });
}

interface Feed {
  readonly scroll: ScrollReader;
  close(): void;
}

async function subscribe(
  socket: WebSocket,
  request: Extract<ViewerMessage, { kind: 'subscribe' }>,
  options: FeedOptions,
): Promise<Feed | undefined> {
  if (!options.authorize(request.token)) return refuse(socket, 'login');
  const opened = await options.library.open(request.scroll);
  return opened ? startFeed(socket, request, opened, options) : refuse(socket, 'no such scroll');
}

/** Sends the snapshot, or the events that the viewer missed, and subscribes to later ones in the same turn. */
function startFeed(
  socket: WebSocket,
  request: Extract<ViewerMessage, { kind: 'subscribe' }>,
  { scroll, release }: OpenedScroll,
  { library, capabilities, deletions }: FeedOptions,
): Feed {
  const capOf = (id: string) => capabilities.of(scroll.name, id);
  const batches = new EventBatches((message) => send(socket, message));
  let sentSeq = scroll.seq;
  const forward = ({ seq, event, page }: SequencedEvent) => {
    if (event.event !== 'grown') {
      if (seq <= sentSeq) return;
      sentSeq = seq;
    }
    const html = page?.text(MAX_INLINE);
    batches.add({ kind: 'event', seq, event, cap: capOf(event.id), ...(html ? { page: html } : {}) });
  };
  // A scroll that was replaced has another journal: the viewer reconnects and gets a new snapshot.
  const unsubscribe = scroll.subscribe(forward, () => socket.close(4410, 'the scroll was replaced'));
  const sendHidden = () => send(socket, { kind: 'hidden', numbers: deletions.pending(scroll.name) });
  const unsubscribeHidden = deletions.subscribe(scroll.name, {
    onChange: sendHidden,
    onFailure: (text) => send(socket, { kind: 'notice', text }),
  });
  const { journal, after } = request;
  if (journal === scroll.journal && after !== undefined && after <= scroll.seq) {
    for (const { seq, event } of scroll.eventsAfter(after))
      send(socket, { kind: 'event', seq, event, cap: capOf(event.id) });
    send(socket, { kind: 'live', seq: sentSeq });
  } else sendSnapshot(socket, scroll, library.owns(scroll.name), capOf);
  if (deletions.pending(scroll.name).length > 0) sendHidden();
  return {
    scroll,
    close: () => {
      unsubscribe();
      unsubscribeHidden();
      batches.close();
      release();
    },
  };
}

/** Sends the newest entries at once and the older ones in chunks, each after a pause, so that nothing else waits. */
function sendSnapshot(
  socket: WebSocket,
  scroll: ScrollReader,
  isRunning: boolean,
  capOf: (id: string) => string,
): void {
  const { entries, journal, seq } = scroll;
  const withCaps = (some: readonly Entry[]): FeedEntry[] => some.map((entry) => ({ ...entry, cap: capOf(entry.id) }));
  let sentFrom = Math.max(0, entries.length - NEWEST);
  const newest = withCaps(entries.slice(sentFrom));
  send(socket, { kind: 'snapshot', journal, seq, total: entries.length, running: isRunning, entries: newest });
  const sendOlder = () => {
    if (sentFrom === 0 || socket.readyState !== socket.OPEN) return;
    const end = sentFrom;
    sentFrom = Math.max(0, end - CHUNK);
    send(socket, { kind: 'older', entries: withCaps(entries.slice(sentFrom, end)) });
    setTimeout(sendOlder, OLDER_DELAY.next);
  };
  setTimeout(sendOlder, OLDER_DELAY.first);
}

function send(socket: WebSocket, message: FeedMessage): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(JSON.stringify(message));
  if (socket.bufferedAmount > MAX_UNREAD) socket.terminate();
}

function refuse(socket: WebSocket, message: string): undefined {
  send(socket, { kind: 'error', message });
  socket.close(4403, message.slice(0, 100));
  return undefined;
}
