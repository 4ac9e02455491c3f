import { renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../shared/names.ts';
import { type EntryRecord, type FileRecord, parseRecord } from '../../shared/records.ts';

/**
 * Notes in a spool, `<id>.json`: what has been taken and is not taken over yet, so that the next start goes on with it.
 * Written at once, not in turn: it is our own disk, and somebody waits.
 */

/** How the name of a note ends that is not whole yet. */
export const PART = '~';

let last = 0;

/** Notes that a file or an entry is on its way. Notes are read again in the order in which they were first written. */
export function writeNote(folder: string, id: string, record: FileRecord | EntryRecord, order = nextOrder()): void {
  const path = join(folder, `${id}.json`);
  // Whole or not at all, also when we are killed half way.
  writeFileSync(`${path}${PART}`, `${JSON.stringify({ ...record, order })}\n`, { mode: 0o600 });
  renameSync(`${path}${PART}`, path);
}

/** Microseconds since the epoch, and never the same twice: what comes in one millisecond has an order too. */
export function nextOrder(): number {
  last = Math.max(last + 1, Date.now() * 1000);
  return last;
}

/** All notes of a spool, oldest first. One that a power failure has emptied says only that there is something. */
export async function readNotes(folder: string): Promise<{ id: string; record: FileRecord | EntryRecord }[]> {
  const names = await readdir(folder);
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const notes = await Promise.all(
    ids.filter(isId).map(async (id) => {
      const { order, ...record } = await readNote(join(folder, `${id}.json`));
      return { id, record: record as FileRecord | EntryRecord, order: Number(order ?? 0) };
    }),
  );
  return notes.sort((a, b) => a.order - b.order);
}

async function readNote(path: string): Promise<FileRecord | EntryRecord> {
  try {
    const record = parseRecord(JSON.parse(await readFile(path, 'utf8')));
    if (record.kind === 'file' || record.kind === 'entry') return record;
  } catch {
    // As if it were empty.
  }
  return { kind: 'file' };
}
