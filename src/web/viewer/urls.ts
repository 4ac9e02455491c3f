import type { FeedEntry } from '../../shared/feed.ts';
import { safeName } from '../../shared/names.ts';
import { SHARED_PROCESS_TYPES } from '../../shared/shared-process-types.ts';

/** The scroll that this window shows, and the URLs of everything in it. */
export interface Urls {
  /** The name of the scroll; undefined on the page that lists all scrolls. */
  readonly scroll: string | undefined;
  /** A copy of a scroll on a static web server: no login, no WebSocket, relative URLs. */
  readonly isStatic: boolean;
  /** The page that lists all scrolls; a static copy has none. */
  readonly list: string | undefined;
  /** Whether the page of an entry has a host of its own, and so a process of the browser to itself. */
  isIsolated(entry: FeedEntry): boolean;
  /** The page of an entry, for its frame. */
  frame(entry: FeedEntry): string;
  /** The empty page of the warm frame with this name. */
  warmFrame(name: string): string;
  /** The file as it was sent. */
  original(entry: FeedEntry): string;
  /** The entry in its scroll. */
  permalink(n: number): string;
  /** The entry alone in the window. */
  alone(n: number): string;
}

/**
 * Returns the URLs for a document at `pathname` (`/s/`, `/s/<scroll>/`, or that of a static copy).
 *
 * @param entryHost the host below which entries have hosts of their own, if they can have them (see `findEntryHost`)
 */
export function urlsFor(pathname: string, isStatic: boolean, entryHost?: string): Urls {
  const parts = pathname.split('/').filter((part) => part !== '' && part !== 'index.html');
  const last = parts[parts.length - 1];
  const scroll = isStatic
    ? decodePart(last ?? 'scroll')
    : parts[0] === 's' && parts[1]
      ? decodePart(parts[1])
      : undefined;
  const folder = (cap: string) => (isStatic ? '.' : `/c/${cap}/s/${encodeURIComponent(scroll ?? '')}`);
  const isIsolated = ({ type }: FeedEntry) => entryHost !== undefined && !SHARED_PROCESS_TYPES.has(type);
  const here = isStatic ? '' : `/s/${encodeURIComponent(scroll ?? '')}/`;
  return {
    scroll,
    isStatic,
    list: isStatic ? undefined : '/s/',
    isIsolated,
    frame(entry) {
      const { cap, id, revision } = entry;
      const host = isIsolated(entry) ? `http://e${id}.${entryHost}` : '';
      // The query makes the browser request a page again that has been replaced.
      return `${host}${folder(cap)}/${id}.html${revision > 1 ? `?r=${revision}` : ''}`;
    },
    warmFrame: (name) => `${folder(name)}/frame`,
    original: ({ cap, id, name }) => `${folder(cap)}/${id}/source/${encodeURIComponent(safeName(name))}`,
    permalink: (n) => `${here}#${n}`,
    alone: (n) => `${here}#${n}/alone`,
  };
}

/** Decodes percent-encoding; text that is not valid percent-encoding stays unchanged. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
