import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { layout as directory } from '../directory/directory.ts';
import { openFileBelow } from '../directory/open-file.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import type { ScrollPaths } from './layout.ts';
import { copy, move } from './move.ts';
import type { FileReader, FileWriter, StoredPage } from './store.ts';

/** Reads the files of a scroll on disk. */
export function diskFileReader(paths: ScrollPaths): FileReader {
  return {
    // The entry's page and directory are ours: a link in place of one of them is not followed.
    page: (id) => openFileBelow(paths.home, [basename(paths.page(id))], true),
    entryFile: (id, path) => openFileBelow(paths.home, [basename(paths.entry(id)), ...path], true),
    asset: (path) => openFileBelow(paths.home, ['assets', ...path], true),
  };
}

/**
 * Writes the files of a scroll on disk.
 * @param dir the webpipe directory
 * @param exclusively runs work on an entry's files when no other such work is in progress; rejects for a deleted entry
 */
export function diskFileWriter(
  dir: string,
  paths: ScrollPaths,
  exclusively: <T>(id: string, work: () => Promise<T>) => Promise<T>,
): FileWriter {
  const spool = directory.spool(dir) + sep;
  const reader = diskFileReader(paths);
  return {
    ...reader,
    // While an entry's directory is replaced, there is a moment without one.
    entryFile: async (id, path) =>
      (await reader.entryFile(id, path)) ?? exclusively(id, () => reader.entryFile(id, path)).catch(() => undefined),
    put: (id, page) =>
      exclusively(id, async () => {
        const target = paths.page(id);
        const assets = page.endsWith('.html') ? page.slice(0, -'.html'.length) : undefined;
        const take = page.startsWith(spool) ? move : copy;
        if (assets && existsSync(assets)) await take(assets, paths.entry(id));
        await take(page, target);
        return storedPage(target);
      }),
    async putShared(name, source) {
      const target = paths.shared(name);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if ('text' in source) await writeFileAtomic(target, source.text);
      else await linkOrCopy(source.path, target);
    },
  };
}

function storedPage(path: string): StoredPage {
  return {
    text(maxBytes) {
      try {
        return statSync(path).size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Gives a file a second name, or copies it where that is impossible; some are large. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const [info, present] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
  if (present?.ino === info.ino && present.dev === info.dev) return;
  // A file of this name has these contents, unless a crash cut it off.
  const isHashed = /\.[0-9a-f]{8}\.\w+$/.test(to);
  if (isHashed && present?.size === info.size) return;
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}
