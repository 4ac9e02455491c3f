import type { FeedEntry } from '../../shared/feed.ts';
import type { ScrollModel } from './connection/scroll-model.ts';
import type { Feed } from './feed/feed.ts';
import { parseFragment } from './fragment.ts';
import type { AloneView } from './ui/alone-view.ts';
import type { Toast } from './ui/toast.ts';
import type { Urls } from './urls.ts';

/** Navigation by the fragment of the URL: to an entry of the feed, or to an entry alone. */
export interface Navigation {
  /** Follows the fragment. */
  follow(): void;
  /** Entries have changed: updates the entry that is alone, or opens the one that the URL waits for. */
  update(): void;
  openAlone(n: number): void;
  closeAlone(): void;
}

export interface NavigationOptions {
  readonly urls: Urls;
  readonly model: ScrollModel;
  readonly feed: Feed;
  readonly alone: AloneView;
  readonly toast: Toast;
  /** Scrolls to an entry and selects it. */
  readonly goTo: (n: number) => void;
  readonly select: (n: number) => void;
}

export function createNavigation(options: NavigationOptions): Navigation {
  const { urls, model, feed, alone, toast, goTo, select } = options;
  /** `awaiting`: the URL refers to an entry that has not arrived yet. */
  let state: 'arrived' | 'awaiting' = 'arrived';
  /** Whether the entry alone was opened from this page, so that going back in the history shows the feed. */
  let wasOpenedHere = false;

  const follow = (): void => {
    const { n, entry, isAlone, isEntry } = resolve(location.hash, model);
    if (entry?.deleted) {
      state = 'arrived';
      alone.show(undefined);
      feed.setCovered(false);
      return toast.show(`Entry ${entry.n} was deleted.`);
    }
    const isFirstTry = state === 'arrived';
    state = isEntry && !entry ? 'awaiting' : 'arrived';
    if (!isAlone) alone.show(undefined);
    // The feed is covered before it scrolls: else the scrolling could be seen for a moment.
    feed.setCovered(isAlone && entry !== undefined);
    // Scroll only at the first attempt: the feed may have a place for an entry that has not arrived yet.
    if (n !== undefined && isFirstTry && alone.n === undefined && n <= model.last) goTo(n);
    if (state === 'arrived') alone.show(isAlone ? entry : undefined);
  };

  const closeAlone = (): void => {
    const { n } = alone;
    alone.show(undefined);
    feed.setCovered(false);
    if (wasOpenedHere) history.back();
    else if (n !== undefined) history.replaceState(null, '', urls.permalink(n));
    wasOpenedHere = false;
    if (n !== undefined) select(n);
  };

  const updateAlone = (n: number): void => {
    const entry = model.entries.get(n);
    if (entry?.deleted || model.hidden.has(n)) closeAlone();
    else alone.show(entry);
  };

  return {
    follow,
    closeAlone,
    update() {
      if (alone.n !== undefined) updateAlone(alone.n);
      if (state === 'awaiting') follow();
    },
    openAlone(n) {
      wasOpenedHere = true;
      location.hash = `#${n}/alone`;
    },
  };
}

interface Destination {
  /** The number of the entry, if it is known. */
  readonly n: number | undefined;
  readonly entry: FeedEntry | undefined;
  /** The fragment names an entry, present or not. */
  readonly isEntry: boolean;
  readonly isAlone: boolean;
}

function resolve(hash: string, model: ScrollModel): Destination {
  const { n: number, id, alone } = parseFragment(hash);
  const n = id === undefined ? number : model.numberOf(id);
  return {
    n,
    entry: n === undefined ? undefined : model.entries.get(n),
    isEntry: (number ?? id) !== undefined,
    isAlone: alone === true,
  };
}
