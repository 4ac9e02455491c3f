import { readdir } from 'node:fs/promises';
import { hasCode } from '../../shared/errors.ts';
import { isScrollName } from '../../shared/names.ts';
import { layout as directory } from '../directory/directory.ts';
import { holderOf } from '../directory/lock.ts';
import { openDiskScroll } from './disk-scroll.ts';
import { changedAt, EntryCounts } from './entry-counts.ts';
import { openDiskReader } from './journal-reader.ts';
import { scrollPaths } from './layout.ts';
import type { ScrollInfo, Store } from './store.ts';

/**
 * The store of a webpipe directory: each scroll is a directory `s/<name>/` with a journal and the files of its entries.
 * @param warn gets a line for people when something is damaged or cannot be read
 */
export function diskStore(dir: string, warn: (line: string) => void): Store {
  const counts = new EntryCounts();
  return {
    async list() {
      const names = await scrollNames(dir);
      const infos = await Promise.all(
        names.map(async (name): Promise<ScrollInfo | undefined> => {
          const { journal } = scrollPaths(dir, name);
          const updated = await changedAt(journal);
          return updated && { name, entries: await counts.count(journal), updated };
        }),
      );
      const found = infos.filter((info) => info !== undefined);
      return found.sort((a, b) => b.updated.getTime() - a.updated.getTime());
    },
    openReader: async (name) => (isScrollName(name) ? openDiskReader(dir, name, warn) : undefined),
    openOwner: (name) => openDiskScroll(dir, name, warn),
    async otherOwner(name) {
      const pid = isScrollName(name) ? await holderOf(scrollPaths(dir, name).lock) : undefined;
      return pid === process.pid ? undefined : pid;
    },
  };
}

async function scrollNames(dir: string): Promise<string[]> {
  const names = await readdir(directory.scrolls(dir)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter(isScrollName);
}
