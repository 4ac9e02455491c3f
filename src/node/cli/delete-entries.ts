import { messageOf, WpError } from '../../shared/errors.ts';
import { viewerToken } from '../server/login.ts';
import type { OwnedScroll, Store } from '../store/store.ts';
import type { FoundEntry } from './entries.ts';
import type { RunningServer } from './servers.ts';

/** The directory to delete from, its store and its running servers. */
interface Directory {
  readonly dir: string;
  readonly store: Store;
  readonly servers: readonly RunningServer[];
}

/**
 * Deletes entries, and yields each one when its bytes are gone. If a running server owns the scroll, that server
 * deletes them; otherwise this process opens the scroll.
 * @throws WpError at the first one that cannot be deleted
 */
export async function* deleteEntries(
  entries: readonly FoundEntry[],
  { dir, store, servers }: Directory,
): AsyncGenerator<FoundEntry> {
  for (const name of new Set(entries.map(({ scroll }) => scroll))) {
    const found = entries.filter(({ scroll }) => scroll === name);
    const server = servers.find(({ scroll, http }) => scroll === name && http !== undefined);
    if (server) {
      const token = await viewerToken(dir, server.started);
      for (const each of found) {
        await requestDeletion(server, token, each);
        yield each;
      }
      continue;
    }
    const scroll = await store.openOwner(name);
    try {
      yield* deleteFrom(scroll, found);
    } finally {
      await scroll.close();
    }
  }
}

async function* deleteFrom(scroll: OwnedScroll, found: readonly FoundEntry[]): AsyncGenerator<FoundEntry> {
  for (const each of found) {
    await scroll.delete(each.entry.n);
    yield each;
  }
}

/** Asks the server that owns a scroll to delete an entry. */
async function requestDeletion(server: RunningServer, token: string, { scroll, entry }: FoundEntry): Promise<void> {
  const url = `http://127.0.0.1:${server.http}/api/scrolls/${encodeURIComponent(scroll)}/entries/${entry.n}`;
  const response = await fetch(url, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } }).catch(
    (cause: unknown) => {
      throw new WpError('rm', `the server of ${scroll} does not answer (${messageOf(cause)})`, 'see "wp status"', {
        cause,
      });
    },
  );
  if (response.ok) return;
  const { error = `the server answered ${response.status}` } = (await response.json().catch(() => ({}))) as {
    readonly error?: string;
  };
  throw new WpError('rm', `entry ${entry.n} of ${scroll}: ${error}`);
}
