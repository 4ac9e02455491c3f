import type { FeedEntry } from '../../../shared/feed.ts';
import { byId } from './dom.ts';

/** Entries that arrive within this time are announced together, milliseconds. */
const INTERVAL = 700;

export type Announcer = (entry: FeedEntry) => void;

/** Announces new entries to screen readers. */
export function createAnnouncer(): Announcer {
  const region = byId('announcements');
  let pending: FeedEntry[] = [];
  const announce = (): void => {
    const [first] = pending;
    region.textContent =
      pending.length === 1 && first
        ? `New entry ${first.n}: ${first.title || first.name}, ${first.type}${first.host ? `, from ${first.host}` : ''}`
        : `${pending.length} new entries`;
    pending = [];
  };
  return (entry) => {
    if (pending.length === 0) setTimeout(announce, INTERVAL);
    pending.push(entry);
  };
}
