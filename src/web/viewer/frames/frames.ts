import type { FeedEntry } from '../../../shared/feed.ts';
import type { MessageToPage } from '../../../shared/page-messages.ts';
import { leastRecent } from './eviction.ts';
import { createFrameHeights } from './frame-heights.ts';
import { occupiesSlot } from './frame-state.ts';
import { createFrameView, type FrameContext, type FrameView, NOTICE_HEIGHT } from './frame-view.ts';

/** The number of frames that stay loaded. It is exceeded only by entries near the window. */
const MAX_FRAMES = 24;
/** The time between two heartbeats, milliseconds. */
const HEARTBEAT_INTERVAL = 2500;

/** The frames of all entries: loaded when near the window, evicted when there are too many. */
export interface Frames {
  /** Shows this revision of an entry in `slot`. An entry that is not rendered yet gets a warm frame. */
  show(entry: FeedEntry, slot: HTMLElement): void;
  /**
   * Writes the HTML of an entry's page into the warm frame in the entry's slot. If the entry has no slot yet but will
   * have one, the page is written into a warm frame outside the feed.
   * @returns whether a frame has taken the page; if not, `show` loads it
   */
  deliver(entry: FeedEntry, html: string, willHaveSlot: boolean): boolean;
  /** Removes frames outside the feed whose entry was not given a slot. */
  settle(): void;
  /** The height that the entry's page has, or probably will have, in CSS pixels. */
  heightOf(entry: FeedEntry): number;
  has(n: number): boolean;
  /** How many frames are loading. */
  readonly loadingCount: number;
  /** Evicts frames above the limit, least recently shown first, but none of the entries in `near`. */
  evict(near: ReadonlySet<number>): void;
  discard(n: number): void;
  /** Removes all frames and forgets all heights. */
  clear(): void;
  /** Sends a message to the entry's page, if it has a frame. */
  post(n: number, message: MessageToPage): void;
  /** The number of the entry whose frame has this window. */
  ownerOf(source: MessageEventSource): number | undefined;
  /** The page in this window has answered a heartbeat. */
  onAnswer(source: MessageEventSource): void;
  /** The page in this window can be shown; `height` if it has reported one. */
  onDisplayable(source: MessageEventSource, height?: number): void;
  /** Adapts the heights after the window has been resized. */
  resize(): void;
}

export function createFrames(context: Omit<FrameContext, 'heights'>): Frames {
  const heights = createFrameHeights();
  /** Least recently shown first: a map keeps the order of insertion. */
  const views = new Map<number, FrameView>();

  const viewOf = (entry: FeedEntry): FrameView => views.get(entry.n) ?? createFrameView(entry, { ...context, heights });

  /** Makes a view the most recent one, or removes it if its entry has no frame. */
  const keep = (n: number, view: FrameView): void => {
    views.delete(n);
    if (view.state.phase !== 'absent') views.set(n, view);
  };

  const find = (source: MessageEventSource): [number, FrameView] | undefined => {
    for (const pair of views) if (pair[1].roleOf(source)) return pair;
    return undefined;
  };

  const discard = (n: number): void => {
    const view = views.get(n);
    view?.dispatch({ type: 'discard' });
    if (view?.state.phase === 'absent') views.delete(n);
  };

  setInterval(() => {
    for (const view of views.values()) view.sendHeartbeat();
  }, HEARTBEAT_INTERVAL);

  return {
    show(entry, slot) {
      const view = viewOf(entry);
      view.show(entry, slot);
      keep(entry.n, view);
    },
    deliver(entry, html, willHaveSlot) {
      const view = viewOf(entry);
      const isDelivered = view.deliver(entry, html, willHaveSlot);
      if (isDelivered) keep(entry.n, view);
      return isDelivered;
    },
    settle() {
      for (const [n, view] of views) {
        view.dispatch({ type: 'settle' });
        if (view.state.phase === 'absent') views.delete(n);
      }
    },
    heightOf(entry) {
      const state = views.get(entry.n)?.state;
      const isStopped = state?.phase === 'stopped' && state.revision === entry.revision;
      return isStopped ? NOTICE_HEIGHT : heights.expected(entry, innerHeight);
    },
    has(n) {
      const view = views.get(n);
      return view !== undefined && occupiesSlot(view.state);
    },
    get loadingCount() {
      let count = 0;
      for (const { state } of views.values()) if (state.phase === 'loading') count += 1;
      return count;
    },
    evict(near) {
      const occupied = [...views].filter(([, view]) => occupiesSlot(view.state)).map(([n]) => n);
      for (const n of leastRecent(occupied, near, MAX_FRAMES)) discard(n);
    },
    discard,
    clear() {
      for (const n of [...views.keys()]) discard(n);
      views.clear();
      heights.clear();
    },
    post: (n, message) => views.get(n)?.post(message),
    ownerOf: (source) => find(source)?.[0],
    onAnswer(source) {
      const view = find(source)?.[1];
      if (view?.roleOf(source) === 'current') view.onAnswer();
    },
    onDisplayable(source, height) {
      const view = find(source)?.[1];
      const frame = view?.roleOf(source);
      if (view && frame) view.dispatch({ type: 'displayable', frame, height });
    },
    resize() {
      for (const view of views.values()) view.resize();
    },
  };
}
