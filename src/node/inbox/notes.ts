import { renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { formatLocal, type LocalFacts, parseLocal } from '../../shared/local.ts';
import { isId } from '../../shared/names.ts';
import { type EntryRecord, type FileRecord, parseRecord } from '../../shared/records.ts';
import { parseLegacyNote } from './legacy-notes.ts';

/**
 * A note `<id>.json` in a spool says that something has been accepted and has not been taken over yet, so that the next
 * start continues with it. It is written synchronously: a short write to our own disk, and a sender waits for it.
 */
export interface Note {
  readonly record: FileRecord | EntryRecord;
  readonly local?: LocalFacts | undefined;
  /** The size of the complete original, bytes. After a power failure the file may be shorter. */
  readonly size?: number | undefined;
}

/** A note with its place in the order in which notes were first written. */
export interface OrderedNote extends Note {
  readonly order: number;
}

/** The version of notes that this webpipe writes. Those before it had no version: see `legacy-notes.ts`. */
const VERSION = 2;

/** The end of the name of a note that is still being written. */
export const PART = '~';

const schema = v.object({
  note: v.literal(VERSION),
  order: v.number(),
  size: v.optional(v.number()),
  record: v.unknown(),
  local: v.optional(v.unknown()),
});

let lastOrder = 0;

/** The order of the next note: microseconds since the epoch, and never the same number twice. */
export function nextOrder(): number {
  lastOrder = Math.max(lastOrder + 1, Date.now() * 1000);
  return lastOrder;
}

/** Writes a note, or replaces it, atomically. */
export function writeNote(folder: string, id: string, { record, local, size, order }: OrderedNote): void {
  const path = join(folder, `${id}.json`);
  const text = JSON.stringify({ note: VERSION, order, size, record, local: formatLocal(local) });
  writeFileSync(`${path}${PART}`, `${text}\n`, { mode: 0o600 });
  renameSync(`${path}${PART}`, path);
}

/**
 * Reads all notes of a spool, oldest first. A note that cannot be read, as after a power failure, has a record without
 * any fields: it still says that there is something with its id.
 */
export async function readNotes(folder: string): Promise<(OrderedNote & { readonly id: string })[]> {
  const names = await readdir(folder);
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const notes = await Promise.all(
    ids.filter(isId).map(async (id) => ({ id, ...parseNote(await readFile(join(folder, `${id}.json`), 'utf8')) })),
  );
  return notes.sort((a, b) => a.order - b.order);
}

/** Parses the text of a note, of this version or the one before. */
export function parseNote(text: string): OrderedNote {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('note' in value)) return parseLegacyNote(value);
    const { record, local, size, order } = v.parse(schema, value);
    const parsed = parseRecord(record);
    if (parsed.kind === 'file' || parsed.kind === 'entry')
      return { record: parsed, local: local === undefined ? undefined : parseLocal(local), size, order };
  } catch {
    // Treated as empty.
  }
  return { record: { kind: 'file' }, order: 0 };
}
