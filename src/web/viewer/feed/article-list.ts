import type { FeedEntry } from '../../../shared/feed.ts';
import { setAttribute } from '../ui/dom.ts';
import type { Urls } from '../urls.ts';
import { type Article, createArticle } from './article.ts';
import type { Layout } from './layout.ts';

/** The space between two entries, pixels. */
const GAP = 10;
/** The time between two updates of the ages of entries, milliseconds. */
const AGE_UPDATE = 10_000;

/** The articles in the document: those of entries near the window, and others that have a frame or the focus. */
export interface ArticleList {
  get(n: number): Article | undefined;
  numbers(): Iterable<number>;
  /**
   * Inserts and positions the articles of the entries `nearby`. Removes all others, except those for which `mustKeep`
   * is true; these are hidden if they are not in the layout.
   */
  place(nearby: ReadonlySet<number>, layout: Layout, mustKeep: (article: Article) => boolean): void;
  /** Marks entry `n` as selected and moves the focus to it if it is in the document. */
  select(n: number | undefined): void;
  clear(): void;
}

export interface ArticleListOptions {
  readonly urls: Urls;
  readonly entry: (n: number) => FeedEntry | undefined;
  /** The height of the slot of a new article, pixels. */
  readonly slotHeight: (entry: FeedEntry) => number;
  /** The heights of articles have changed; in pixels, each with the gap below it. */
  readonly onHeights: (heights: readonly (readonly [n: number, height: number])[]) => void;
  readonly onRemove: (n: number) => void;
}

export function createArticleList(element: HTMLElement, options: ArticleListOptions): ArticleList {
  const articles = new Map<number, Article>();
  let selected: number | undefined;

  const sizes = new ResizeObserver((observed) => {
    const heights: [number, number][] = [];
    for (const { target, borderBoxSize } of observed) {
      const height = borderBoxSize[0]?.blockSize;
      if (height) heights.push([Number(target.getAttribute('data-n')), height + GAP]);
    }
    options.onHeights(heights);
  });

  const insert = (n: number, entry: FeedEntry): Article => {
    const article = createArticle(n, options.urls);
    article.slot.style.height = `${options.slotHeight(entry)}px`;
    articles.set(n, article);
    // Articles are in the order of their numbers, for screen readers and the Tab key.
    let predecessor: Element | null = element.lastElementChild;
    while (predecessor && Number(predecessor.getAttribute('data-n')) > n)
      predecessor = predecessor.previousElementSibling;
    element.insertBefore(article.element, predecessor ? predecessor.nextSibling : element.firstChild);
    sizes.observe(article.element);
    return article;
  };

  const remove = (article: Article): void => {
    sizes.unobserve(article.element);
    options.onRemove(article.n);
    article.element.remove();
    articles.delete(article.n);
  };

  const position = (article: Article, layout: Layout, index: number, entry: FeedEntry): void => {
    article.update(entry);
    const top = `${layout.top(index)}px`;
    if (article.element.style.top !== top) article.element.style.top = top;
    setAttribute(article.element, 'aria-current', article.n === selected ? 'true' : undefined);
    setAttribute(article.element, 'aria-posinset', index + 1);
    setAttribute(article.element, 'aria-setsize', layout.rows.length);
  };

  setInterval(() => {
    const now = Date.now();
    for (const article of articles.values()) article.updateAge(now);
  }, AGE_UPDATE);

  return {
    get: (n) => articles.get(n),
    numbers: () => articles.keys(),
    place(nearby, layout, mustKeep) {
      for (const [n, article] of articles) {
        const index = layout.indexOf(n);
        const isListed = layout.rows[index] === n;
        const entry = options.entry(n);
        if (!entry || entry.deleted || (!nearby.has(n) && !mustKeep(article))) {
          remove(article);
          continue;
        }
        article.element.hidden = !isListed;
        if (isListed && !nearby.has(n)) position(article, layout, index, entry);
      }
      for (const n of nearby) {
        const entry = options.entry(n);
        if (entry) position(articles.get(n) ?? insert(n, entry), layout, layout.indexOf(n), entry);
      }
    },
    select(n) {
      selected = n;
      for (const [other, { element: each }] of articles)
        setAttribute(each, 'aria-current', other === n ? 'true' : undefined);
      const article = n === undefined ? undefined : articles.get(n)?.element;
      if (article && !article.contains(document.activeElement)) article.focus({ preventScroll: true });
    },
    clear() {
      for (const article of [...articles.values()]) remove(article);
    },
  };
}
