import { readFile } from 'node:fs/promises';
import type { Entry } from '../../shared/entry.ts';
import { hasCode } from '../../shared/errors.ts';
import { reduceEntry } from '../../shared/events.ts';
import { isScrollName } from '../../shared/names.ts';
import { parseJournal } from '../store/journal.ts';
import { layout } from '../store/layout.ts';

/** The entries of a scroll in their order, without the deleted ones; undefined where there is no such scroll. */
export async function readEntries(dir: string, scroll: string): Promise<Entry[] | undefined> {
  if (!isScrollName(scroll)) return undefined;
  const path = layout.journal(dir, scroll);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const entries = new Map<string, Entry>();
  // A line without its end is still being written.
  for (const event of parseJournal(text.slice(0, text.lastIndexOf('\n') + 1), path)) {
    const entry = reduceEntry(entries.get(event.id), event);
    if (entry) entries.set(event.id, entry);
  }
  return [...entries.values()].filter((entry) => !entry.deleted).sort((a, b) => a.n - b.n);
}
