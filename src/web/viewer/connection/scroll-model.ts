import { reduceEntry, type ScrollEvent } from '../../../shared/events.ts';
import type { EventMessage, FeedEntry, FeedMessage } from '../../../shared/feed.ts';

/** The change of the model by one message of the feed. */
export type Change =
  /** Everything: the first snapshot, or that of another journal. */
  | { readonly kind: 'all' }
  /** Older entries have arrived. */
  | { readonly kind: 'older' }
  /** Which entries are hidden, because they are about to be deleted. */
  | { readonly kind: 'hidden' }
  /** One entry has changed by this event. `page`: the HTML of its page, if the event contains it. */
  | { readonly kind: 'entry'; readonly n: number; readonly event: ScrollEvent; readonly page?: string };

/** The part of a scroll that the viewer has received. Only `apply` changes it. */
export interface ScrollModel {
  /** The identity of the journal; undefined before the first snapshot. */
  readonly journal: string | undefined;
  /** The sequence number of the last event that was applied. */
  readonly seq: number;
  /** Whether the server writes this scroll. */
  readonly isRunning: boolean;
  readonly entries: ReadonlyMap<number, FeedEntry>;
  /** The highest number so far; 0 in an empty scroll. */
  readonly last: number;
  /** The numbers of entries that are about to be deleted. */
  readonly hidden: ReadonlySet<number>;
  /** Whether all entries have arrived; if not, older ones follow on this connection. */
  readonly isComplete: boolean;
  /**
   * The numbers of the entries, without deleted and hidden ones, ascending. They include all numbers below the oldest
   * entry that has arrived: older entries are assumed to exist until they arrive.
   */
  numbers(): readonly number[];
  /** The number of the entry with this id, if it has arrived. */
  numberOf(id: string): number | undefined;
  /** Applies a message. Returns the change, or undefined if nothing has changed. */
  apply(message: FeedMessage): Change | undefined;
}

export function createScrollModel(): ScrollModel {
  let journal: string | undefined;
  let seq = 0;
  let isRunning = false;
  let last = 0;
  /** All entries from this number on have arrived; 1 if all have. */
  let firstKnown = 1;
  let entries = new Map<number, FeedEntry>();
  let hidden: ReadonlySet<number> = new Set();
  /** The numbers of the entries that have arrived and are not deleted, ascending. */
  let present: number[] = [];
  /** The result of `numbers()` until the next message. */
  let cachedNumbers: readonly number[] | undefined;
  /** Events of entries that have not arrived yet. */
  let earlyEvents = new Map<number, ScrollEvent[]>();

  const applySnapshot = (message: Extract<FeedMessage, { kind: 'snapshot' }>): Change => {
    ({ journal, seq, running: isRunning } = message);
    entries = new Map(message.entries.map((entry) => [entry.n, entry]));
    present = message.entries.filter((entry) => !entry.deleted).map((entry) => entry.n);
    last = message.entries.at(-1)?.n ?? 0;
    earlyEvents = new Map();
    hidden = new Set();
    firstKnown = message.entries.length >= message.total ? 1 : (message.entries[0]?.n ?? 1);
    return { kind: 'all' };
  };

  const applyOlder = (older: readonly FeedEntry[]): Change => {
    const added = older.filter((entry) => !entries.has(entry.n)).map(applyEarlyEvents);
    for (const entry of added) entries.set(entry.n, entry);
    present = [...added.filter((entry) => !entry.deleted).map((entry) => entry.n), ...present];
    firstKnown = Math.min(firstKnown, older[0]?.n ?? 1);
    return { kind: 'older' };
  };

  const applyHidden = (next: readonly number[]): Change | undefined => {
    if (next.length === 0 && hidden.size === 0) return undefined;
    hidden = new Set(next);
    return { kind: 'hidden' };
  };

  const applyEarlyEvents = (entry: FeedEntry): FeedEntry => {
    const events = earlyEvents.get(entry.n) ?? [];
    return events.reduce((state, event) => ({ ...(reduceEntry(state, event) ?? state), cap: state.cap }), entry);
  };

  const applyEvent = ({ seq: number, event, cap, page }: EventMessage): Change | undefined => {
    // Growth is sent more often than it is written to the journal, so it has no sequence number of its own.
    if (event.event !== 'grown') {
      if (number <= seq) return undefined;
      seq = number;
    }
    const before = entries.get(event.n);
    const after = reduceEntry(before, event);
    if (!after) {
      earlyEvents.set(event.n, [...(earlyEvents.get(event.n) ?? []), event]);
      return undefined;
    }
    entries.set(event.n, { ...after, cap: cap || before?.cap || '' });
    if (after.deleted) present = present.filter((n) => n !== event.n);
    else if (!before) present.push(event.n);
    last = Math.max(last, event.n);
    return { kind: 'entry', n: event.n, event, page };
  };

  return {
    get journal() {
      return journal;
    },
    get seq() {
      return seq;
    },
    get isRunning() {
      return isRunning;
    },
    get entries() {
      return entries;
    },
    get hidden() {
      return hidden;
    },
    get isComplete() {
      return firstKnown === 1;
    },
    get last() {
      return last;
    },
    numbers() {
      if (cachedNumbers) return cachedNumbers;
      const all = [...Array.from({ length: firstKnown - 1 }, (_, index) => index + 1), ...present];
      cachedNumbers = hidden.size === 0 ? all : all.filter((n) => !hidden.has(n));
      return cachedNumbers;
    },
    numberOf(id) {
      for (const entry of entries.values()) if (entry.id === id) return entry.n;
      return undefined;
    },
    apply(message) {
      cachedNumbers = undefined;
      switch (message.kind) {
        case 'snapshot':
          return applySnapshot(message);
        case 'older':
          return applyOlder(message.entries);
        case 'event':
          return applyEvent(message);
        case 'live':
          seq = Math.max(seq, message.seq);
          return applyHidden([]);
        case 'hidden':
          return applyHidden(message.numbers);
        default:
          return undefined;
      }
    },
  };
}
