import type { Entry } from './entry.ts';
import type { ScrollEvent } from './events.ts';

/** How the viewer and the server talk on the WebSocket `/api/feed`. */

/** An entry as the viewer gets it: with the capability under which its frame may load its files. */
export interface FeedEntry extends Entry {
  /** Its page is `/c/<cap>/s/<scroll>/<id>.html`, its original `/c/<cap>/s/<scroll>/<id>/source/<file>`. */
  readonly cap: string;
}

export type ViewerMessage =
  /** First. `after`: the last sequence number this viewer has seen of this journal, if it comes back. */
  | {
      readonly kind: 'subscribe';
      readonly token: string;
      readonly scroll: string;
      readonly journal?: string;
      readonly after?: number;
    }
  /** The warm frame `frame` (of `spares`) now shows entry `id`: from here on it may load that entry's files. */
  | { readonly kind: 'bind'; readonly frame: string; readonly id: string }
  /** Asks for `count` more warm frames. */
  | { readonly kind: 'spare'; readonly count: number };

/** One event; `cap` as in FeedEntry; `page`: the page's HTML when it is small, so that a warm frame can show it at once. */
export interface EventMessage {
  readonly kind: 'event';
  readonly seq: number;
  readonly event: ScrollEvent;
  readonly cap: string;
  readonly page?: string;
}

export type FeedMessage =
  /**
   * First answer, when the viewer is new or its `journal` is another. `entries`: the newest, ascending by n; older
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
  /** Events that came together, in order: to be shown together. */
  | { readonly kind: 'events'; readonly events: readonly EventMessage[] }
  /** All that the viewer missed has been said (after a `subscribe` with `after`): it is up to date. */
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
  /** When its journal last grew, RFC 3339. */
  readonly updated: string;
  /** Whether this server writes it. */
  readonly running: boolean;
}
