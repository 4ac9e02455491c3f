/** Reads scrolls and spools from disk, without webpipe's store. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/shared/entry.ts';
import { reduceEntry, type ScrollEvent } from '../../src/shared/events.ts';

/** The events of a scroll's journal. Throws if a line is incomplete. */
export function readJournal(dir: string, scroll: string): ScrollEvent[] {
  const text = readFileSync(join(dir, 's', scroll, 'scroll.ndjson'), 'utf8');
  if (text !== '' && !text.endsWith('\n')) throw new Error('the journal ends in the middle of a line');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ScrollEvent);
}

/** The entries of a journal. Entry `n` is at index `n - 1`. */
export function readEntries(dir: string, scroll: string): Entry[] {
  const entries: Entry[] = [];
  for (const event of readJournal(dir, scroll)) {
    const entry = reduceEntry(entries[event.n - 1], event);
    if (entry) entries[event.n - 1] = entry;
  }
  return entries;
}

/** The text of an entry's page. */
export function pageOf(dir: string, scroll: string, id: string): string {
  return readFileSync(join(dir, 's', scroll, `${id}.html`), 'utf8');
}

/** The bytes of an entry's original. */
export function sourceOf(dir: string, scroll: string, id: string): Buffer {
  const folder = join(dir, 's', scroll, id, 'source');
  const [name = ''] = readdirSync(folder);
  return readFileSync(join(folder, name));
}

/** The names of all items in the spool, except locks. */
export function spooled(dir: string): string[] {
  const spool = join(dir, 'spool');
  if (!existsSync(spool)) return [];
  try {
    return readdirSync(spool, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile() && !item.name.startsWith('.'))
      .map((item) => join(item.parentPath, item.name).slice(spool.length + 1));
  } catch (error) {
    // The directory was moved or removed in the meantime.
    return [String(error)];
  }
}
