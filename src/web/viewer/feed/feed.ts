import type { FeedEntry } from '../../../shared/feed.ts';
import type { Frames } from '../frames/frames.ts';
import { h } from '../ui/dom.ts';
import type { Urls } from '../urls.ts';
import { createArticleList } from './article-list.ts';
import { chooseFrames } from './frame-queue.ts';
import { anchorAt, createLayout, nearest } from './layout.ts';
import { AT_END, isFollowing, MARGIN_ABOVE, type ScrollEvent, scrollTransition } from './scroll-state.ts';
import { createViewport, type View } from './viewport.ts';

/** The assumed height of an entry whose height was never measured, pixels. */
const ASSUMED_HEIGHT = 200;
/** Articles within this distance of the window are in the document, pixels. */
const ARTICLE_MARGIN = 900;
/** Entries within this distance of the window have frames, pixels. */
const FRAME_MARGIN = 450;
/** An entry counts as read when this much of it has been in sight, pixels. */
const READ_MARGIN = 30;
/** Scrolling counts as paused after this time without further scrolling, milliseconds. */
const PAUSE = 120;

/**
 * The list of entries. Only entries near the window are in the document. When heights change, the visible part stays in
 * place.
 */
export interface Feed {
  readonly element: HTMLElement;
  /** Whether the window is at the end and scrolls along when entries arrive. */
  readonly isFollowing: boolean;
  /** The numbers of the listed entries, ascending. */
  readonly rows: readonly number[];
  show(rows: readonly number[]): void;
  /** Removes all articles and frames, and forgets all heights. */
  clear(): void;
  /** Scrolls entry `n` to the top of the window. */
  goTo(n: number): void;
  goToEnd(): void;
  /** Scrolls as little as needed to have entry `n` in sight. */
  reveal(n: number): void;
  /** While an entry alone covers the feed, the window does not scroll. */
  setCovered(isCovered: boolean): void;
  /** Loads further frames if there is capacity, for example because one has finished loading. */
  refresh(): void;
  /** Marks entry `n` as the one that shortcuts act on. */
  select(n: number | undefined): void;
  /** The number of the entry at the top of the window. */
  first(): number | undefined;
  /** The number of the last entry in sight; 0 if there is none. */
  last(): number;
}

export interface FeedOptions {
  readonly urls: Urls;
  readonly frames: Frames;
  readonly entry: (n: number) => FeedEntry | undefined;
  /** The window or the entries have moved, so that other entries may be in sight. */
  readonly onMoved: () => void;
  /** Entry `n` has received the focus. */
  readonly onFocus: (n: number) => void;
}

export function createFeed({ urls, frames, entry, onMoved, onFocus }: FeedOptions): Feed {
  const element = h('div', { role: 'feed', id: 'feed', 'aria-label': 'Entries' });
  const layout = createLayout(ASSUMED_HEIGHT);
  const viewport = createViewport(element);
  const articles = createArticleList(element, {
    urls,
    entry,
    slotHeight: frames.heightOf,
    onRemove: frames.discard,
    onHeights(heights) {
      update(() => {
        for (const [n, height] of heights) layout.setHeight(n, height);
      });
      onMoved();
    },
  });
  let state = AT_END;
  /** The scroll position at the last event. The user may have scrolled since. */
  let knownY = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;

  /** Passes an event to the state machine and scrolls to the position that it returns. */
  const dispatch = (event: ScrollEvent): void => {
    const next = scrollTransition(state, event);
    state = next.state;
    if (next.scrollTo === undefined) return;
    viewport.scrollTo(next.scrollTo, layout);
    knownY = viewport.scrollY;
  };

  /** Passes a changed scroll position to the state machine, possibly before the browser's scroll event. */
  const noteScroll = (): void => {
    const distance = viewport.scrollY - knownY;
    if (Math.abs(distance) < 1) return;
    knownY = viewport.scrollY;
    dispatch({ type: 'scrolled', distance, toEnd: viewport.toEnd() });
  };

  const anchor = () => {
    const { y, height } = viewport.view();
    return anchorAt(layout, y, height);
  };

  /** Changes rows or heights such that the window stays at its anchor or at the end. */
  const update = (change: () => void): void => {
    noteScroll();
    const target = state.mode === 'anchored' ? anchor() : state.mode === 'following' ? 'end' : undefined;
    change();
    const height = `${layout.total}px`;
    if (element.style.height !== height) element.style.height = height;
    if (target !== undefined) viewport.scrollTo(target, layout);
    knownY = viewport.scrollY;
    placeArticles();
  };

  const placeArticles = (): void => {
    // Measured once: measuring again after the changes below would force the browser to lay out the document.
    const view = viewport.view();
    const { y, height } = view;
    const from = Math.max(0, layout.indexAt(y - ARTICLE_MARGIN));
    const to = layout.indexAt(y + height + ARTICLE_MARGIN);
    const focused = document.activeElement?.closest('article');
    articles.place(
      new Set(layout.rows.slice(from, to + 1)),
      layout,
      (article) => frames.has(article.n) || article.element === focused,
    );
    showFrames(view);
  };

  /** Shows the frames of entries near the window, as many as may load at the same time. */
  const showFrames = (view: View): void => {
    if (state.mode !== 'covered' && state.isFast) {
      clearTimeout(pause);
      pause = setTimeout(() => {
        dispatch({ type: 'paused' });
        placeArticles();
      }, PAUSE);
      return;
    }
    const near = nearest(layout, articles.numbers(), view, FRAME_MARGIN, isFollowing(state));
    const entries = near.map(entry).filter((each) => each !== undefined);
    const { show, keep } = chooseFrames(entries, frames.has, frames.loadingCount);
    for (const each of show) {
      const slot = articles.get(each.n)?.slot;
      if (slot) frames.show(each, slot);
    }
    frames.evict(keep);
  };

  const onScroll = (): void => {
    noteScroll();
    placeArticles();
    onMoved();
  };

  const goTo = (n: number): void => {
    dispatch({ type: 'go-to', n });
    if (state.mode === 'covered') return;
    dispatch({ type: 'reached', toEnd: viewport.toEnd() });
    placeArticles();
    onMoved();
  };

  element.addEventListener('focusin', ({ target }) => {
    const article = target instanceof Element ? target.closest('article') : null;
    if (article) onFocus(Number(article.dataset.n));
  });
  addEventListener('scroll', onScroll, { passive: true });
  addEventListener('resize', () => {
    frames.resize();
    update(() => {});
  });

  return {
    element,
    get isFollowing() {
      return isFollowing(state);
    },
    get rows() {
      return layout.rows;
    },
    show(rows) {
      update(() => layout.setRows(rows));
      onMoved();
    },
    clear() {
      articles.clear();
      frames.clear();
      layout.clear();
      dispatch({ type: 'clear' });
    },
    goTo,
    goToEnd() {
      dispatch({ type: 'go-to-end' });
      update(() => {});
      onMoved();
    },
    reveal(n) {
      const { y, height } = viewport.view();
      const index = layout.indexOf(n);
      const top = layout.top(index);
      const bottom = layout.top(index + 1);
      if (top < y || bottom - top > height) goTo(n);
      else if (bottom > y + height) {
        viewport.scrollBy(bottom - y - height + MARGIN_ABOVE);
        onScroll();
      }
    },
    setCovered(isCovered) {
      if (isCovered === (state.mode === 'covered')) return;
      noteScroll();
      dispatch(isCovered ? { type: 'cover', anchor: anchor() } : { type: 'uncover' });
      if (isCovered) return;
      placeArticles();
      onMoved();
    },
    refresh: placeArticles,
    select: articles.select,
    first: () => layout.rows[layout.indexAt(viewport.view().y + MARGIN_ABOVE + 1)],
    last() {
      const { y, height } = viewport.view();
      return layout.rows[layout.indexAt(y + height - READ_MARGIN)] ?? 0;
    },
  };
}
