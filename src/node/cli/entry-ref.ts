import { WpError } from '../../shared/errors.ts';
import { isScrollName, parseEntryKey } from '../../shared/names.ts';

/** A parsed `ENTRY` argument: one entry, or a range. */
export interface EntryRef {
  /** The scroll; undefined for the current one. */
  readonly scroll?: string;
  /** The port of the viewer in an address. */
  readonly port?: number;
  /** Entry numbers `first` to `last`, both included, or the one entry with this id. */
  readonly entries: { readonly first: number; readonly last: number } | { readonly id: string };
}

/** The valid forms of a reference, for help and error messages. */
export const ENTRY_FORMS = '7, 9-12, SCROLL#7, an id, or an address from the viewer or "wp show"';

/**
 * Parses a reference to entries: `7`, `9-12`, a 32-digit id, each perhaps after `SCROLL#`, or an address on this machine
 * such as `http://localhost:8989/s/SCROLL/#7` or that of an entry's page (`…/c/…/s/SCROLL/<id>.html`).
 * @throws WpError (exit code 2) if it is none of these
 */
export function parseEntryRef(text: string): EntryRef {
  const ref = /^https?:\/\//.test(text) ? parseAddress(text) : parseShort(text);
  if (ref) return ref;
  throw new WpError('entry', `"${text}" does not name an entry`, `use ${ENTRY_FORMS}`, { exitCode: 2 });
}

function parseShort(text: string): EntryRef | undefined {
  const hash = text.lastIndexOf('#');
  const scroll = text.slice(0, Math.max(0, hash));
  const entries = parseEntries(text.slice(hash + 1));
  if (!entries || (scroll !== '' && !isScrollName(scroll))) return undefined;
  return { ...(scroll === '' ? {} : { scroll }), entries };
}

function parseAddress(text: string): EntryRef | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname, port, pathname, hash } = new URL(text);
  if (!/^(?:localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
    throw new WpError('entry', `${text} is not on this machine`, 'run wp there', { exitCode: 2 });
  const parts = pathname.split('/').filter((part) => part !== '');
  // URLs of an entry's files begin with a capability.
  const isFile = parts[0] === 'c';
  const [kind, name = '', file = ''] = isFile ? parts.slice(2) : parts;
  const scroll = kind === 's' ? decode(name) : undefined;
  const entries = isFile ? parseEntries(file.replace(/\.html$/, '')) : parseEntries(hash.slice(1));
  if (!entries || (scroll === undefined ? isFile || parts.length > 0 : !isScrollName(scroll))) return undefined;
  return { ...(scroll === undefined ? {} : { scroll }), port: Number(port || 80), entries };
}

function parseEntries(text: string): EntryRef['entries'] | undefined {
  const plain = text.replace(/\/alone$/, '');
  const key = parseEntryKey(plain);
  if (key) return 'id' in key ? key : { first: key.n, last: key.n };
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(plain);
  if (!range) return undefined;
  const first = Number(range[1]);
  const last = Number(range[2]);
  return first < 1 || last < first ? undefined : { first, last };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
