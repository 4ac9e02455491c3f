import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../../shared/entry.ts';
import type { AcceptedEvent, ScrollEvent } from '../../shared/events.ts';
import { isId } from '../../shared/names.ts';
import { layout as directory } from '../directory/directory.ts';
import type { ScrollPaths } from './layout.ts';
import { move } from './move.ts';
import type { OwnedScroll } from './store.ts';

/**
 * Completes a `put` that a crash interrupted. The entry's directory moves before its page, and either may be in place
 * before the journal says that the entry was rendered, or even that it was accepted. An entry whose `accepted` line was
 * damaged is found here as well, and gets a new number.
 */
export async function completePuts(scroll: OwnedScroll, dir: string, paths: ScrollPaths): Promise<void> {
  const unknownIds = (await readdir(paths.home)).filter((name) => isId(name) && scroll.entry(name) === undefined);
  const found = await Promise.all(unknownIds.map(async (id) => ({ id, facts: await readEntryFacts(paths, id) })));
  found.sort((a, b) => ((a.facts.time ?? '') < (b.facts.time ?? '') ? -1 : 1));
  for (const { id, facts } of found) {
    if (facts.id !== id || !(await completePage(dir, paths, id))) continue;
    const { name = id, title, type = '', host = '', time = new Date().toISOString(), bytes = 0 } = facts;
    scroll.accept({ id, name, title, type, host, time, bytes });
  }
  for (const { n, id } of scroll.entries.filter(({ status, deleted }) => status === 'accepted' && !deleted))
    if (await completePage(dir, paths, id)) await scroll.append(renderEvent(await readEntryFacts(paths, id), n, id));
}

/** Moves the page of an entry from the spool if it is still there. @returns whether the entry has a page now */
async function completePage(dir: string, paths: ScrollPaths, id: string): Promise<boolean> {
  const page = paths.page(id);
  if (existsSync(page)) return true;
  const spooled = existsSync(join(paths.entry(id), 'entry.json')) ? await findSpooledPage(dir, id) : undefined;
  if (spooled) await move(spooled, page);
  return spooled !== undefined;
}

async function findSpooledPage(dir: string, id: string): Promise<string | undefined> {
  const spools = await readdir(directory.spool(dir));
  return spools.map((name) => join(directory.spool(dir), name, `${id}.html`)).find((path) => existsSync(path));
}

/** What the entry's `entry.json` says; nothing if there is none that can be read. */
async function readEntryFacts(paths: ScrollPaths, id: string): Promise<Partial<Entry>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(paths.entry(id), 'entry.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Partial<Entry>) : {};
  } catch {
    return {};
  }
}

/** The event that says how rendering ended. */
function renderEvent(
  { status, type, bytes, ms, error = '' }: Partial<Entry>,
  n: number,
  id: string,
): Exclude<ScrollEvent, AcceptedEvent | { event: 'deleted' }> {
  if (status === 'failed') return { event: 'failed', n, id, type, bytes, ms, error };
  const kind = status === 'open' ? { open: true as const } : status === 'preview' ? { preview: true as const } : {};
  return { event: 'rendered', n, id, type, bytes, ms, ...kind };
}
