import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LocalFacts } from '../../shared/local.ts';
import { isId } from '../../shared/names.ts';
import { layout } from '../directory/directory.ts';

/** Whether `path` is where a stage of this webpipe directory keeps something: `spool/<stage>/<id>`. */
function isSpoolItem(dir: string, path: string): boolean {
  return isId(basename(path)) && dirname(dirname(path)) === layout.spool(dir);
}

/**
 * Where an earlier stage of this directory keeps a file, if it does: as that stage says, or as the path of the file
 * shows (a line that only has the path says nothing else).
 */
export function spoolItemOf(dir: string, path: string | undefined, local: LocalFacts = {}): string | undefined {
  if (path === undefined) return undefined;
  return [local.spoolItem, dirname(path)].find((item) => item !== undefined && isSpoolItem(dir, item));
}

/**
 * Removes what the spools of this directory still have of an entry that the caller has taken over: its page and its
 * note, and what earlier stages keep of it. Paths outside of the spools are left alone. While the original is still
 * being copied, the notes stay.
 * @param page the page of the entry, as the record named it
 */
export async function releaseEntry(dir: string, page: string | undefined, local: LocalFacts = {}): Promise<void> {
  const { spoolItem, copying } = local;
  const items = [page?.replace(/\.html$/, ''), spoolItem].filter((path) => path !== undefined);
  for (const item of items.filter((path) => isSpoolItem(dir, path))) {
    const open = `${dirname(item)}/open/${basename(item)}`;
    for (const path of [item, `${item}.html`, open, `${open}.html`]) await rm(path, { recursive: true, force: true });
    if (!copying) await rm(`${item}.json`, { force: true });
  }
}
