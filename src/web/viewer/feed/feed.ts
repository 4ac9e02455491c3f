import type { FeedEntry } from '../../../shared/feed.ts';
import type { Frames } from '../frames/frames.ts';
import { byId, h, setAttribute } from '../ui/dom.ts';
import type { Urls } from '../urls.ts';
import { type Article, createArticle } from './article.ts';
import { type Anchor, anchorAt, createLayout, nearest } from './layout.ts';

/** The height of an entry that was never in the page. */
const SUPPOSED = 200;
/** The space between two entries. */
const GAP = 10;
/** Articles are made this far outside the window, frames only so far. */
const MARGIN = 900;
const FRAME_MARGIN = 450;
/** So close to its end the page follows what is new. */
const AT_END = 40;
/** Faster than this (pixels between two scroll events), frames wait until the scrolling is over. */
const FAST = 500;
const CALM = 120;
/** So many frames load at a time, since each costs a good part of a processor's time: those in sight first. */
const LOADING = 2;

/** Pixels above an entry that the window has scrolled to. */
const SPACE = 10;

/** The list of entries: puts those near the window into the page, and keeps what is seen where it is. */
export interface FeedView {
  readonly element: HTMLElement;
  /** Whether the reader is at the end, and stays there when something comes. */
  readonly following: boolean;
  readonly rows: readonly number[];
  /** Shows these entries, ascending. */
  show(rows: readonly number[]): void;
  /** Forgets all articles, frames and heights. */
  clear(): void;
  /** Scrolls entry `n` to the top of the window. */
  goTo(n: number): void;
  /** While something covers the list, the window does not scroll; it goes where it should be when nothing does. */
  cover(covers: boolean): void;
  /** Scrolls as little as needed to have entry `n` in sight. */
  reveal(n: number): void;
  goToEnd(): void;
  /** A frame has loaded: others may. */
  loadMore(): void;
  /** Marks entry `n` as the one that keys act on, and gives it the focus if it is in the page. */
  select(n: number | undefined): void;
  /** The number of the entry at the top of the window. */
  atTop(): number | undefined;
  /** The highest number in sight. */
  lastSeen(): number;
}

export interface FeedSource {
  entry(n: number): FeedEntry | undefined;
  /** The reader has scrolled, or other entries are in sight for another reason. */
  onMoved(): void;
  /** The focus has come to entry `n`. */
  onFocus(n: number): void;
}

export function createFeedView(urls: Urls, frames: Frames, source: FeedSource): FeedView {
  const element = h('div', { role: 'feed', id: 'feed', 'aria-label': 'Entries' });
  const top = byId('top');
  const layout = createLayout(SUPPOSED);
  const articles = new Map<number, Article>();
  const sizes = new ResizeObserver(measure);
  let following = true;
  let covered = false;
  /** What is to stay where it is in the window, while the list is covered. */
  let held: Anchor | undefined;
  let lastY = 0;
  let calm: ReturnType<typeof setTimeout> | undefined;
  let hurried = false;
  let fullHeight = -1;
  let selected: number | undefined;

  /** The window in the list's own coordinates. */
  const view = (): { readonly y: number; readonly height: number } => {
    const height = innerHeight - top.offsetHeight;
    return { y: scrollY + top.offsetHeight - element.offsetTop, height };
  };
  const toEnd = (): number => document.documentElement.scrollHeight - innerHeight - scrollY;

  /** Makes a change of rows or heights such that what the reader sees stays where it is, or stays at the end. */
  const keeping = (change: () => void): void => {
    noteScroll();
    const { y, height } = view();
    const anchor = following ? undefined : covered ? held : anchorAt(layout, y, height);
    change();
    if (layout.total !== fullHeight) {
      fullHeight = layout.total;
      element.style.height = `${fullHeight}px`;
    }
    if (covered) held = anchor;
    else if (following) scrollTo(0, document.documentElement.scrollHeight);
    else if (anchor) {
      const by = layout.top(layout.indexOf(anchor.n)) - anchor.offset - y;
      if (Math.abs(by) >= 1) scrollBy(0, by);
    }
    lastY = scrollY;
    placeRows();
  };

  /** The reader may have scrolled since we last looked, before the event that says so. */
  const noteScroll = (): void => {
    if (covered || Math.abs(scrollY - lastY) < 1) return;
    hurried = Math.abs(scrollY - lastY) > FAST;
    lastY = scrollY;
    following = toEnd() <= AT_END;
  };

  /** Puts the articles near the window into the page, gives them their places and their frames. */
  const placeRows = (): void => {
    const { y, height } = view();
    const from = layout.indexAt(y - MARGIN);
    const to = layout.indexAt(y + height + MARGIN);
    const wanted = new Set<number>();
    for (let index = Math.max(0, from); index <= to; index += 1) wanted.add(layout.rows[index]!);
    const focused = document.activeElement?.closest('article');
    for (const [n, article] of articles) {
      const index = layout.indexOf(n);
      const listed = layout.rows[index] === n;
      const entry = source.entry(n);
      if (!entry || entry.deleted || (!wanted.has(n) && !frames.has(n) && article.element !== focused)) remove(article);
      else {
        article.element.hidden = !listed;
        if (listed && !wanted.has(n)) position(article, index, entry);
      }
    }
    for (const n of wanted) {
      const entry = source.entry(n);
      if (entry) position(articles.get(n) ?? insert(n, entry), layout.indexOf(n), entry);
    }
    giveFrames(y, height);
  };

  const position = (article: Article, index: number, entry: FeedEntry): void => {
    article.update(entry);
    const place = `${layout.top(index)}px`;
    if (article.element.style.top !== place) article.element.style.top = place;
    setAttribute(article.element, 'aria-current', article.n === selected ? 'true' : undefined);
    setAttribute(article.element, 'aria-posinset', index + 1);
    setAttribute(article.element, 'aria-setsize', layout.rows.length);
  };

  const insert = (n: number, entry: FeedEntry): Article => {
    const article = createArticle(n, urls);
    article.slot.style.height = `${frames.heightOf(entry)}px`;
    articles.set(n, article);
    // In the order of their numbers, for readers who hear the page, and those who go through it by Tab.
    let before: Element | null = element.lastElementChild;
    while (before && Number(before.getAttribute('data-n')) > n) before = before.previousElementSibling;
    element.insertBefore(article.element, before ? before.nextSibling : element.firstChild);
    sizes.observe(article.element);
    return article;
  };

  const remove = (article: Article): void => {
    sizes.unobserve(article.element);
    frames.discard(article.n);
    article.element.remove();
    articles.delete(article.n);
  };

  /** Frames for what is in sight, from where the reader reads; then for its surroundings. */
  const giveFrames = (y: number, height: number): void => {
    if (hurried) {
      clearTimeout(calm);
      calm = setTimeout(() => {
        hurried = false;
        placeRows();
      }, CALM);
      return;
    }
    const chosen = nearest(layout, articles.keys(), { y, height }, FRAME_MARGIN, following).slice(0, 24);
    let loading = frames.loadingCount;
    for (const n of chosen) {
      const entry = source.entry(n);
      const article = articles.get(n);
      if (!entry || !article) continue;
      const begins = !frames.has(n) && entry.status !== 'accepted';
      if (begins && loading >= LOADING) continue;
      if (begins) loading += 1;
      frames.show(entry, article.slot);
    }
    frames.evict(new Set(chosen));
  };

  function measure(observed: readonly ResizeObserverEntry[]): void {
    const changes: [number, number][] = [];
    for (const { target, borderBoxSize } of observed) {
      const n = Number(target.getAttribute('data-n'));
      const height = borderBoxSize[0]?.blockSize;
      if (height) changes.push([n, height + GAP]);
    }
    keeping(() => {
      for (const [n, height] of changes) layout.setHeight(n, height);
    });
    source.onMoved();
  }

  const moved = (): void => {
    noteScroll();
    placeRows();
    source.onMoved();
  };
  element.addEventListener('focusin', ({ target }) => {
    const article = target instanceof Element ? target.closest('article') : null;
    if (article) source.onFocus(Number(article.dataset.n));
  });
  addEventListener('scroll', moved, { passive: true });
  addEventListener('resize', () => {
    frames.resize();
    keeping(() => {});
  });
  setInterval(() => {
    const now = Date.now();
    for (const article of articles.values()) article.tick(now);
  }, 10_000);

  const goTo = (n: number): void => {
    const index = layout.indexOf(n);
    following = false;
    held = { n, offset: SPACE };
    if (covered) return;
    scrollTo(0, layout.top(index) + element.offsetTop - top.offsetHeight - SPACE);
    lastY = scrollY;
    following = toEnd() <= 1;
    hurried = false;
    placeRows();
    source.onMoved();
  };

  return {
    element,
    get following() {
      return following;
    },
    get rows() {
      return layout.rows;
    },
    show(rows) {
      keeping(() => layout.setRows(rows));
      source.onMoved();
    },
    clear() {
      for (const article of [...articles.values()]) remove(article);
      frames.clear();
      layout.clear();
      following = true;
    },
    goTo,
    cover(covers) {
      if (covers === covered) return;
      if (covers) {
        noteScroll();
        const { y, height } = view();
        held = following ? undefined : anchorAt(layout, y, height);
        covered = true;
        return;
      }
      covered = false;
      lastY = scrollY;
      if (following) scrollTo(0, document.documentElement.scrollHeight);
      else if (held) scrollBy(0, layout.top(layout.indexOf(held.n)) - held.offset - view().y);
      lastY = scrollY;
      placeRows();
      source.onMoved();
    },
    reveal(n) {
      const { y, height } = view();
      const index = layout.indexOf(n);
      const bottom = layout.top(index + 1);
      if (layout.top(index) < y || bottom - layout.top(index) > height) goTo(n);
      else if (bottom > y + height) {
        scrollBy(0, bottom - y - height + 10);
        moved();
      }
    },
    goToEnd() {
      following = true;
      hurried = false;
      keeping(() => {});
      source.onMoved();
    },
    loadMore: placeRows,
    select(n) {
      selected = n;
      placeRows();
      const article = n === undefined ? undefined : articles.get(n)?.element;
      if (article && !article.contains(document.activeElement)) article.focus({ preventScroll: true });
    },
    atTop() {
      return layout.rows[layout.indexAt(view().y + 11)];
    },
    lastSeen() {
      const { y, height } = view();
      return layout.rows[layout.indexAt(y + height - 30)] ?? 0;
    },
  };
}
