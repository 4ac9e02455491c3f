import type { FeedEntry } from '../../shared/feed.ts';
import { safeName } from '../../shared/names.ts';
import { SHARED_PROCESS_TYPES } from '../../shared/shared-process-types.ts';

/** Where this page is, and so where everything else is: the only file that knows URLs. */
export interface Place {
  /** The scroll that is shown; undefined on the page with all scrolls. */
  readonly scroll: string | undefined;
  /** A copy on a static web server: no login, no WebSocket, relative URLs. */
  readonly isStatic: boolean;
  /** The page with all scrolls; a static copy has none. */
  readonly list: string | undefined;
  /** Whether the page of an entry has a host, and so a process of the browser, to itself. */
  isApart(entry: FeedEntry): boolean;
  /** The page that shows an entry in its frame. */
  frame(entry: FeedEntry): string;
  /** The empty page of the warm frame `name`. */
  warmFrame(name: string): string;
  /** The file as it was sent. */
  original(entry: FeedEntry): string;
  /** The entry in its scroll. */
  permalink(n: number): string;
  /** The entry alone. */
  alone(n: number): string;
}

/**
 * Reads the place off the document's path (`/s/`, `/s/<scroll>/`).
 *
 * @param entryHost what hosts of entries end in, such as `localhost:8989`, if they may have one of their own (see `hosts.ts`)
 */
export function placeOf(pathname: string, isStatic: boolean, entryHost?: string): Place {
  const parts = pathname.split('/').filter((part) => part !== '' && part !== 'index.html');
  const last = parts[parts.length - 1];
  const scroll = isStatic ? decode(last ?? 'scroll') : parts[0] === 's' && parts[1] ? decode(parts[1]) : undefined;
  const inside = (cap: string) => (isStatic ? '.' : `/c/${cap}/s/${encodeURIComponent(scroll ?? '')}`);
  const isApart = ({ type }: FeedEntry) => entryHost !== undefined && !SHARED_PROCESS_TYPES.has(type);
  const here = isStatic ? '' : `/s/${encodeURIComponent(scroll ?? '')}/`;
  return {
    scroll,
    isStatic,
    isApart,
    list: isStatic ? undefined : '/s/',
    // The query only makes the browser ask again for a page that has become another one.
    frame: (entry) => {
      const { cap, id, revision } = entry;
      const host = isApart(entry) ? `http://e${id}.${entryHost}` : '';
      return `${host}${inside(cap)}/${id}.html${revision > 1 ? `?r=${revision}` : ''}`;
    },
    warmFrame: (name) => `${inside(name)}/frame`,
    original: ({ cap, id, name }) => `${inside(cap)}/${id}/source/${encodeURIComponent(safeName(name))}`,
    permalink: (n) => `${here}#${n}`,
    alone: (n) => `${here}#${n}/alone`,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What the fragment of the page's URL asks for: an entry, by number or id, perhaps alone; or a login code. */
export interface Fragment {
  readonly n?: number;
  readonly id?: string;
  readonly alone?: boolean;
  readonly login?: string;
}

/** Reads `#7`, `#7/alone`, the same with an id, and `#login=CODE`; anything else asks for nothing. */
export function parseFragment(hash: string): Fragment {
  const entry = /^#(?:(\d{1,15})|([0-9a-f]{32}))(\/alone)?$/.exec(hash);
  if (entry) return { n: entry[1] ? Number(entry[1]) : undefined, id: entry[2], alone: entry[3] !== undefined };
  const login = /^#login=([^&]+)$/.exec(hash);
  return login?.[1] ? { login: decode(login[1]) } : {};
}

/** The login code in what a person pasted: the link that `wp run` printed, its fragment, or the bare code. */
export function codeOf(pasted: string): string {
  const text = pasted.trim();
  const mark = text.indexOf('#login=');
  return mark < 0 ? text : decode(text.slice(mark + '#login='.length));
}
