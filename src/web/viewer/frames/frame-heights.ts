import type { FeedEntry } from '../../../shared/feed.ts';

/** The height of a visible page that has not reported one. */
const DEFAULT_HEIGHT = 320;
/** The expected height of a page whose type has not been shown before. */
const DEFAULT_EXPECTED = 120;
const MIN_HEIGHT = 24;
/** The largest share of the window's height that a frame may fill. */
const MAX_SHARE = 0.75;

/** The heights of pages in CSS pixels: reported ones, and guesses for pages that have not loaded yet. */
export interface FrameHeights {
  /** The height that the page of an entry has, or probably will have. */
  expected(entry: FeedEntry, windowHeight: number): number;
  /** The height that a visible page has reported, or a default. */
  reported(n: number, windowHeight: number): number;
  /** Stores the height that a page has reported. It is also the guess for the next page of this type. */
  remember(entry: FeedEntry, height: number): void;
  /** Forgets the heights of all entries. */
  clear(): void;
}

export function createFrameHeights(): FrameHeights {
  const byEntry = new Map<number, number>();
  const byType = new Map<string, number>();
  return {
    expected: ({ n, type }, windowHeight) =>
      frameHeight(byEntry.get(n) ?? byType.get(type) ?? DEFAULT_EXPECTED, windowHeight),
    reported: (n, windowHeight) => frameHeight(byEntry.get(n) ?? DEFAULT_HEIGHT, windowHeight),
    remember({ n, type }, height) {
      byEntry.set(n, height);
      byType.set(type, height);
    },
    clear: () => byEntry.clear(),
  };
}

/** The height of a frame for a page of this height. A page that is higher scrolls inside its frame. */
export function frameHeight(pageHeight: number, windowHeight: number): number {
  return Math.max(MIN_HEIGHT, Math.min(pageHeight, Math.round(windowHeight * MAX_SHARE)));
}
