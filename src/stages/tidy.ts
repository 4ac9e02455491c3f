import { rm } from 'node:fs/promises';
import { sep } from 'node:path';
import { layout } from '../scroll/layout.ts';

/**
 * What lay in a spool of this directory has been taken over by who calls this: its files go, and the note that says that
 * it is on its way. What lies elsewhere is not ours and stays.
 * @param path a page, `<spool>/<id>.html`, or what was beside it
 * @param keepNote the note is still needed: more of it is to come
 */
export async function tidyUp(dir: string, path: string | undefined, keepNote = false): Promise<void> {
  if (!path?.startsWith(layout.spool(dir) + sep)) return;
  const base = path.replace(/\.html$/, '');
  for (const ending of keepNote ? ['.html', ''] : ['.json', '.html', ''])
    await rm(base + ending, { recursive: true, force: true });
}
