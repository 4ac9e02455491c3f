import { byId } from '../ui/dom.ts';
import type { Layout } from './layout.ts';
import type { ScrollTarget } from './scroll-state.ts';

/** The visible part of the feed, in pixels from the top of the feed. */
export interface View {
  readonly y: number;
  readonly height: number;
}

/** The window around the feed. */
export interface Viewport {
  view(): View;
  /** How far the window has scrolled, as `window.scrollY`. */
  readonly scrollY: number;
  /** How far the window is from the end of the document, pixels. */
  toEnd(): number;
  /** Scrolls to a place in the feed. */
  scrollTo(target: ScrollTarget, layout: Layout): void;
  scrollBy(distance: number): void;
}

export function createViewport(feed: HTMLElement): Viewport {
  const bar = byId('top');

  const view = (): View => ({
    y: window.scrollY + bar.offsetHeight - feed.offsetTop,
    height: innerHeight - bar.offsetHeight,
  });

  return {
    view,
    get scrollY() {
      return window.scrollY;
    },
    toEnd: () => document.documentElement.scrollHeight - innerHeight - window.scrollY,
    scrollTo(target, layout) {
      if (target === 'end') {
        window.scrollTo(0, document.documentElement.scrollHeight);
        return;
      }
      const distance = layout.top(layout.indexOf(target.n)) - target.offset - view().y;
      if (Math.abs(distance) >= 1) window.scrollBy(0, distance);
    },
    scrollBy: (distance) => window.scrollBy(0, distance),
  };
}
