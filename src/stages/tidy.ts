import { readdir, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { isId } from '../model/names.ts';
import { layout } from '../scroll/layout.ts';

/**
 * An entry whose page lay in a spool of this directory has been taken over by who calls this: what is left of it there
 * goes, and with it all that earlier stages of this directory had kept of it until now. What lies elsewhere is not ours
 * and stays.
 * @param page its page, `<spool>/<id>.html`
 * @param unfinished more of it is to come, so that the rest is still needed
 */
export async function tidyUp(dir: string, page: string | undefined, unfinished = false): Promise<void> {
  const home = layout.spool(dir);
  if (!page?.startsWith(home + sep)) return;
  const base = page.replace(/\.html$/, '');
  const id = basename(base);
  for (const ending of ['.html', '']) await rm(base + ending, { recursive: true, force: true });
  if (unfinished || !isId(id)) return;
  for (const spool of await readdir(home)) {
    for (const left of [`${id}.json`, id, `open/${id}`, `open/${id}.html`])
      await rm(join(home, spool, left), { recursive: true, force: true });
  }
}
