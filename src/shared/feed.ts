import type { Entry } from './entry.ts';
import type { ScrollEvent } from './events.ts';

/** The messages between the viewer and the server on the WebSocket `/api/feed`. */

/** An entry with the capability with which its frame loads its files. */
export interface FeedEntry extends Entry {
  /** Its page is `/c/<cap>/s/<scroll>/<id>.html`, its original `/c/<cap>/s/<scroll>/<id>/source/<file>`. */
  readonly cap: string;
}

export type ViewerMessage =
  /**
   * The first message. `after`: after a reconnect, the last sequence number of this journal that the viewer has seen.
   */
  | {
      readonly kind: 'subscribe';
      readonly token: string;
      readonly scroll: string;
      readonly journal?: string;
      readonly after?: number;
    }
  /** The warm frame `frame` (of `spares`) now shows entry `id`: from now on it may load that entry's files. */
  | { readonly kind: 'bind'; readonly frame: string; readonly id: string }
  /** Asks for `count` more warm frames. */
  | { readonly kind: 'spare'; readonly count: number };

/**
 * One event. `cap`: as in `FeedEntry`. `page`: the HTML of the page if it is small, so that a warm frame can show it at
 * once.
 */
export interface EventMessage {
  readonly kind: 'event';
  readonly seq: number;
  readonly event: ScrollEvent;
  readonly cap: string;
  readonly page?: string;
}

export type FeedMessage =
  /**
   * The first answer, if the viewer is new or knows another `journal`. `entries`: the newest, ascending by n; older
   * ones follow in `older` messages, each ascending, newest chunk first, until n = 1. `seq`: the last event in it.
   */
  | {
      readonly kind: 'snapshot';
      readonly journal: string;
      readonly seq: number;
      readonly total: number;
      readonly running: boolean;
      readonly entries: readonly FeedEntry[];
    }
  | { readonly kind: 'older'; readonly entries: readonly FeedEntry[] }
  | EventMessage
  /** Events that arrived together, in order. The viewer shows them together. */
  | { readonly kind: 'events'; readonly events: readonly EventMessage[] }
  /** The viewer has received everything that it missed (after a `subscribe` with `after`). */
  | { readonly kind: 'live'; readonly seq: number }
  /** Entries that will be deleted soon unless that is undone, ascending: the viewer hides these, and no others. */
  | { readonly kind: 'hidden'; readonly numbers: readonly number[] }
  /** A message to show to people, such as that an entry could not be deleted. */
  | { readonly kind: 'notice'; readonly text: string }
  /** Names of warm frames: each is loaded from `/c/<name>/s/<scroll>/frame`. */
  | { readonly kind: 'spares'; readonly frames: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

/** A line in the list of scrolls (`GET /api/scrolls`), newest first. */
export interface ScrollSummary {
  readonly name: string;
  readonly entries: number;
  /** The time of its last event, RFC 3339. */
  readonly updated: string;
  /** Whether this server is its owner. */
  readonly running: boolean;
}
