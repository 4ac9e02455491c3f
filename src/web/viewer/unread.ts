import type { Feed } from './feed/feed.ts';
import { byId, setText } from './ui/dom.ts';

/** Counts the entries that the user has not had in sight, in the title of the window and on a button. */
export interface UnreadCounter {
  /** Marks the entries in sight as read, and updates the count. `last`: the highest number of the scroll. */
  update(last: number): void;
  /** Starts anew for another journal: entries up to `last` count as read. */
  reset(last: number): void;
}

export function createUnreadCounter(scroll: string, feed: Feed): UnreadCounter {
  const button = byId('more');
  /** The highest number that has been in sight. */
  let lastRead = 0;
  return {
    update(last) {
      if (document.visibilityState === 'visible') lastRead = Math.max(lastRead, feed.isFollowing ? last : feed.last());
      const count = countAbove(feed.rows, lastRead);
      button.hidden = feed.isFollowing || count === 0;
      setText(button, `${count} new`);
      document.title = `${count > 0 ? `(${count}) ` : ''}${scroll} — webpipe`;
    },
    reset(last) {
      lastRead = last;
    },
  };
}

/** How many of these ascending numbers are above `limit`. */
export function countAbove(numbers: readonly number[], limit: number): number {
  let count = 0;
  while (count < numbers.length && numbers[numbers.length - 1 - count]! > limit) count += 1;
  return count;
}
