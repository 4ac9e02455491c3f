import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isId } from '../../shared/names.ts';
import type { EntryRecord } from '../../shared/records.ts';
import { layout } from '../store/layout.ts';

/** Whether a path is what a stage of this directory keeps of something that is on its way: `spool/<stage>/<id>`. */
export function isKept(dir: string, path: string): boolean {
  return isId(basename(path)) && dirname(dirname(path)) === layout.spool(dir);
}

/**
 * An entry has been taken over by who calls this: what is left of it in the spools of this directory goes, its page and
 * what the stage before had kept of it until now. What lies elsewhere is not ours and stays.
 */
export async function tidyUp(dir: string, { page, kept, copying }: EntryRecord): Promise<void> {
  const base = page?.replace(/\.html$/, '') ?? '';
  const places = [base, kept ?? ''].filter((place) => isKept(dir, place));
  for (const place of places) {
    const more = `${dirname(place)}/open/${basename(place)}`;
    for (const left of [place, `${place}.html`, more, `${more}.html`]) await rm(left, { recursive: true, force: true });
    // While its original is still being copied, the note is needed.
    if (copying !== true) await rm(`${place}.json`, { force: true });
  }
}
