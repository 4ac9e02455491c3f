import type { Entry } from '../../shared/entry.ts';
import { WpError } from '../../shared/errors.ts';
import type { Store } from '../store/store.ts';
import { type EntryRef, parseEntryRef } from './entry-ref.ts';
import { currentServer, type RunningServer } from './servers.ts';

/** An entry that a command operates on. */
export interface FoundEntry {
  readonly scroll: string;
  readonly entry: Entry;
}

/** Where entries are looked up. */
export interface EntryLookup {
  readonly store: Store;
  readonly servers: readonly RunningServer[];
  /** The command, for error messages. */
  readonly command: string;
}

/**
 * Finds the entries that `refs` name (see `parseEntryRef`), in that order and each once. A reference without a scroll
 * means the scroll that a server is running, or else the most recently changed one. An id is searched for in all
 * scrolls.
 * @throws WpError if a reference is malformed, or names no entry
 */
export async function findEntries(refs: readonly string[], lookup: EntryLookup): Promise<FoundEntry[]> {
  const found = new Map<string, FoundEntry>();
  for (const text of refs) {
    const ref = parseEntryRef(text);
    const scrolls = await scrollsOf(ref, lookup);
    const entries = (await Promise.all(scrolls.map((scroll) => entriesOf(scroll, ref, lookup.store)))).flat();
    const existing = entries.filter(({ entry }) => !entry.deleted);
    if (existing.length === 0) throw notFound(text, entries[0], lookup.command);
    for (const each of existing) found.set(`${each.scroll}#${each.entry.n}`, each);
  }
  return [...found.values()];
}

/** The scrolls in which a reference is looked up. */
async function scrollsOf({ scroll, port, entries }: EntryRef, lookup: EntryLookup): Promise<string[]> {
  if (scroll !== undefined) return [scroll];
  const all = (await lookup.store.list()).map(({ name }) => name);
  if ('id' in entries) return all;
  if (port !== undefined) {
    const server = lookup.servers.find(({ http }) => http === port);
    if (server) return [server.scroll];
    throw new WpError(lookup.command, `no viewer of this directory is on port ${port}`, 'see "wp status"');
  }
  return [currentServer(lookup.servers)?.scroll ?? all[0]].filter((name) => name !== undefined);
}

/** The entries of a scroll that match, deleted ones included. */
async function entriesOf(name: string, { entries: wanted }: EntryRef, store: Store): Promise<FoundEntry[]> {
  const scroll = await store.openReader(name);
  if (!scroll) return [];
  await scroll.close();
  const matching = scroll.entries.filter((entry) =>
    'id' in wanted ? entry.id === wanted.id : entry.n >= wanted.first && entry.n <= wanted.last,
  );
  return matching.map((entry) => ({ scroll: name, entry }));
}

function notFound(text: string, deleted: FoundEntry | undefined, command: string): WpError {
  if (deleted) return new WpError(command, `entry ${deleted.entry.n} of ${deleted.scroll} was deleted`);
  return new WpError(command, `there is no entry ${text}`, '"wp ls SCROLL" lists the entries of a scroll');
}
