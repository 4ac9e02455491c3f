import { reduceEntry, type ScrollEvent } from '../../../shared/events.ts';
import type { FeedEntry, FeedMessage } from '../../../shared/feed.ts';

/** What a message of the feed has changed. */
export type Change =
  /** Everything: this is another journal, or the first look at one. */
  | { readonly what: 'all' }
  /** Older entries are there now, or it is known that there are none. */
  | { readonly what: 'older' }
  /** One entry, by this event. `page`: its HTML, when it came along. */
  | { readonly what: 'entry'; readonly n: number; readonly event: ScrollEvent; readonly page?: string };

/** A scroll as this viewer knows it. `take` is the only thing that changes it. */
export interface ScrollState {
  readonly journal: string | undefined;
  /** The last event that is in it. */
  readonly seq: number;
  readonly running: boolean;
  readonly entries: ReadonlyMap<number, FeedEntry>;
  /** The highest number so far; 0 in an empty scroll. */
  readonly last: number;
  /** Whether all its entries are known; if not, older ones are still to come on this connection. */
  readonly complete: boolean;
  /** Numbers of entries in order; below the oldest one that is known, all that may be there stand for themselves. */
  numbers(): readonly number[];
  /** The number of the entry with this id, if it is known. */
  numberOf(id: string): number | undefined;
  /** Takes a message in; gives what it changed, undefined if nothing (it was known already, or is not about entries). */
  take(message: FeedMessage): Change | undefined;
}

/** An empty scroll. */
export function createScrollState(): ScrollState {
  let journal: string | undefined;
  let seq = 0;
  let running = false;
  let last = 0;
  /** Entries from here on are known; 1 when all are. */
  let known = 1;
  let entries = new Map<number, FeedEntry>();
  /** Numbers of what is known and not deleted, ascending. */
  let present: number[] = [];
  /** What `numbers` gives, until something changes. */
  let numbers: readonly number[] | undefined;
  /** Events about entries whose chunk has not come yet. */
  let early = new Map<number, ScrollEvent[]>();

  const takeEvent = (message: Extract<FeedMessage, { kind: 'event' }>): Change | undefined => {
    const { event, cap, page } = message;
    // How far a file has grown is told more often than it is written down, so it has no number of its own.
    if (event.event !== 'grown') {
      if (message.seq <= seq) return undefined;
      seq = message.seq;
    }
    const before = entries.get(event.n);
    const after = reduceEntry(before, event);
    if (!after) {
      early.set(event.n, [...(early.get(event.n) ?? []), event]);
      return undefined;
    }
    entries.set(event.n, { ...after, cap: cap || before?.cap || '' });
    if (after.deleted) present = present.filter((n) => n !== event.n);
    else if (!before) present.push(event.n);
    last = Math.max(last, event.n);
    return { what: 'entry', n: event.n, event, page };
  };

  /** An entry of an older chunk with what happened to it meanwhile. */
  const catchUp = (entry: FeedEntry): FeedEntry => {
    const events = early.get(entry.n) ?? [];
    return events.reduce((made, event) => ({ ...(reduceEntry(made, event) ?? made), cap: made.cap }), entry);
  };

  return {
    get journal() {
      return journal;
    },
    get seq() {
      return seq;
    },
    get running() {
      return running;
    },
    get entries() {
      return entries;
    },
    get complete() {
      return known === 1;
    },
    get last() {
      return last;
    },
    numbers() {
      numbers ??= [...Array.from({ length: known - 1 }, (_, index) => index + 1), ...present];
      return numbers;
    },
    numberOf(id) {
      for (const entry of entries.values()) if (entry.id === id) return entry.n;
      return undefined;
    },
    take(message) {
      numbers = undefined;
      switch (message.kind) {
        case 'snapshot': {
          ({ journal, seq, running } = message);
          entries = new Map(message.entries.map((entry) => [entry.n, entry]));
          present = message.entries.filter((entry) => !entry.deleted).map((entry) => entry.n);
          last = message.entries.at(-1)?.n ?? 0;
          early = new Map();
          known = message.entries.length >= message.total ? 1 : (message.entries[0]?.n ?? 1);
          return { what: 'all' };
        }
        case 'older': {
          const added = message.entries.filter((entry) => !entries.has(entry.n)).map(catchUp);
          for (const entry of added) entries.set(entry.n, entry);
          present = [...added.filter((entry) => !entry.deleted).map((entry) => entry.n), ...present];
          known = Math.min(known, message.entries[0]?.n ?? 1);
          return { what: 'older' };
        }
        case 'event':
          return takeEvent(message);
        case 'live':
          seq = Math.max(seq, message.seq);
          return undefined;
        default:
          return undefined;
      }
    },
  };
}
