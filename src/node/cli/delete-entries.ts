import { messageOf, WpError } from '../../shared/errors.ts';
import { LockedError } from '../directory/lock.ts';
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

/** The most entries that are deleted in one pass, so that progress is visible. The server takes no more in one request. */
const BATCH = 1000;
/** How long to wait for a scroll that another process owns, milliseconds: it may be deleting entries too. */
const LOCK_TIMEOUT = 5000;
/** The delay between two attempts to own a scroll, milliseconds. */
const LOCK_RETRY = 50;

/**
 * Deletes entries, and yields each one when its bytes are gone. If a running server owns the scroll, that server
 * deletes them; otherwise this process opens the scroll. An entry that another process has deleted meanwhile counts as
 * deleted.
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
      yield* inBatches(found, (numbers) => requestDeletion(server, token, numbers));
      continue;
    }
    const scroll = await openWhenFree(store, name);
    try {
      yield* inBatches(found, (numbers) => scroll.delete(numbers.filter((n) => !scroll.entryAt(n)?.deleted)));
    } finally {
      await scroll.close();
    }
  }
}

/** Opens a scroll as its owner; waits for the present owner to end. @throws LockedError if that takes too long */
async function openWhenFree(store: Store, name: string): Promise<OwnedScroll> {
  const deadline = Date.now() + LOCK_TIMEOUT;
  for (;;) {
    try {
      return await store.openOwner(name);
    } catch (error) {
      if (!(error instanceof LockedError) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY));
    }
  }
}

async function* inBatches(
  found: readonly FoundEntry[],
  remove: (numbers: readonly number[]) => Promise<void>,
): AsyncGenerator<FoundEntry> {
  for (let i = 0; i < found.length; i += BATCH) {
    const batch = found.slice(i, i + BATCH);
    await remove(batch.map(({ entry }) => entry.n));
    yield* batch;
  }
}

/** Asks the server that owns a scroll to delete entries. */
async function requestDeletion(server: RunningServer, token: string, numbers: readonly number[]): Promise<void> {
  const { scroll } = server;
  const response = await fetch(`http://127.0.0.1:${server.http}/api/scrolls/${encodeURIComponent(scroll)}/delete`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ entries: numbers }),
  }).catch((cause: unknown) => {
    throw new WpError('rm', `the server of ${scroll} does not answer (${messageOf(cause)})`, 'see "wp status"', {
      cause,
    });
  });
  if (response.ok) return;
  const { error = `the server answered ${response.status}` } = (await response.json().catch(() => ({}))) as {
    readonly error?: string;
  };
  throw new WpError('rm', `${scroll}: ${error}`);
}
