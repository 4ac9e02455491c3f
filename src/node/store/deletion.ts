import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blankEvent, parseJournalLine } from '../../shared/events.ts';
import { layout as directory } from '../directory/directory.ts';
import { forgetDamaged, mentionsAny } from './damage.ts';
import type { ScrollPaths } from './layout.ts';
import { rewriteLines } from './rewrite.ts';

/** What identifies a deleted entry. */
interface Deleted {
  readonly n: number;
  readonly id: string;
}

/**
 * Removes everything that the webpipe directory has of deleted entries: their files in the scroll and in the spools, and
 * what journal lines say about them. May be repeated after a crash.
 */
export async function eraseEntries(dir: string, paths: ScrollPaths, deleted: readonly Deleted[]): Promise<void> {
  for (const { id } of deleted) {
    const trash = `${paths.entry(id)}.deleted`;
    // Removing a large directory takes a while; its files stop being reachable at once.
    if (existsSync(paths.entry(id))) await rename(paths.entry(id), trash);
    for (const path of [paths.page(id), trash, ...leftovers(paths, id)])
      await rm(path, { recursive: true, force: true });
  }
  const ids = new Set(deleted.map(({ id }) => id));
  for (const { path } of await spooledFiles(dir, ids)) await rm(path, { recursive: true, force: true });
  await forgetDamaged(paths);
  const numbers = new Set(deleted.map(({ n }) => n));
  await rewriteLines(paths.journal, ({ bytes }) => {
    const line = parseJournalLine(bytes.toString('utf8'));
    if (line.kind === 'blank') return undefined;
    // It may be about a deleted entry, as in `forgetDamaged`. A power failure during a rewrite leaves such lines, too.
    if (line.kind === 'damaged') return '';
    // Either the number or the id may be damaged.
    if (ids.has(line.event.id) || numbers.has(line.event.n)) return JSON.stringify(blankEvent(line.event));
    return line.kind === 'unknown' && mentionsAny(bytes.toString('latin1'), ids) ? '' : undefined;
  });
}

/**
 * What stages keep of these entries while they are being received and rendered: files and directories in
 * `spool/<stage>/` and `spool/<stage>/open/` whose name is an id, or begins with an id and a dot.
 */
export async function spooledFiles(
  dir: string,
  ids: ReadonlySet<string>,
): Promise<{ readonly id: string; readonly path: string }[]> {
  const spool = directory.spool(dir);
  const folders = (await namesIn(spool)).flatMap((stage) => [join(spool, stage), join(spool, stage, 'open')]);
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await namesIn(folder)).map((name) => ({ id: name.split('.')[0] ?? '', path: join(folder, name) })),
    ),
  );
  return found.flat().filter(({ id }) => ids.has(id));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Whether the scroll has no files of this deleted entry. */
export function hasNoFiles(paths: ScrollPaths, { id }: Deleted): boolean {
  const places = [paths.page(id), paths.entry(id), `${paths.entry(id)}.deleted`, ...leftovers(paths, id)];
  return places.every((path) => !existsSync(path));
}

/** Where an interrupted `put` may have left files. */
function leftovers(paths: ScrollPaths, id: string): string[] {
  return [paths.page(id), paths.entry(id)].flatMap((path) => [`${path}.old`, `${path}.tmp`]);
}
