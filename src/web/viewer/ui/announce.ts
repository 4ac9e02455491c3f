import type { FeedEntry } from '../../../shared/feed.ts';
import { byId } from './dom.ts';

const GATHER = 700;

/** Says to those who hear the page what has come; several at once in one sentence. */
export function createAnnouncer(): (entry: FeedEntry) => void {
  const region = byId('say');
  let gathered: FeedEntry[] = [];
  const say = (): void => {
    const [first] = gathered;
    region.textContent =
      gathered.length === 1 && first
        ? `New entry ${first.n}: ${first.title || first.name}, ${first.type}${first.host ? `, from ${first.host}` : ''}`
        : `${gathered.length} new entries`;
    gathered = [];
  };
  return (entry) => {
    if (gathered.length === 0) setTimeout(say, GATHER);
    gathered.push(entry);
  };
}
