import { link, mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Envelope } from '../../shared/envelope.ts';
import type { LocalFacts } from '../../shared/local.ts';
import { type FileRecord, unknownFields } from '../../shared/records.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { OrderedNote } from '../inbox/notes.ts';
import { spoolItemOf } from '../inbox/release.ts';
import { type Chooser, headOf } from './choose.ts';
import { labelsOf } from './labels.ts';
import type { StoredFile } from './stored-file.ts';

/** A file that an earlier run of xrender accepted and did not hand over. */
export type RecoveredFile =
  /** Its original is complete. */
  | { readonly state: 'complete'; readonly file: StoredFile }
  /** Its original is incomplete; this envelope stores it again. */
  | { readonly state: 'repeatable'; readonly envelope: Envelope<FileRecord> }
  /** Its original is incomplete, and nothing of it can be read any more. */
  | { readonly state: 'lost'; readonly file: StoredFile };

/**
 * Yields the files that an earlier run of xrender left in its inbox, oldest first. Removes files that it had not
 * accepted.
 */
export async function recoverFiles(inbox: Inbox, chooser: Chooser): Promise<RecoveredFile[]> {
  const notes = await inbox.recover();
  return Promise.all(notes.map((note) => recoverFile(inbox, chooser, note)));
}

async function recoverFile(
  inbox: Inbox,
  chooser: Chooser,
  { id, record, local = {}, size = 0 }: OrderedNote & { readonly id: string },
): Promise<RecoveredFile> {
  const noted = record as FileRecord;
  const [sourceName = 'file'] = await readdir(dirname(inbox.sourcePath(id, ''))).catch(() => []);
  const labels = labelsOf(noted, sourceName);
  const path = inbox.sourcePath(id, labels.name);
  await endStream(inbox, id, path);
  const info = await stat(path).catch(() => undefined);
  const isComplete = info !== undefined && (!info.isFile() || info.size >= size);
  const { copying, ...rest } = local;
  const facts: LocalFacts = { ...rest, spoolItem: spoolItemOf(inbox.dir, noted.path, local) };
  // The scroll may already have a page of this file with an incomplete original.
  const replace: LocalFacts = copying && !isComplete ? { ...facts, replace: true } : facts;
  if (!isComplete && noted.path !== undefined && (await exists(noted.path)))
    return { state: 'repeatable', envelope: { record: { ...noted, id }, local: replace } };
  const head = async () => (isComplete ? headOf(path) : new Uint8Array());
  const kind = info?.isDirectory() ? 'directory' : 'file';
  const type = await chooser.typeOf({ ...noted, name: labels.name }, local, kind, head);
  const file: StoredFile = {
    id,
    labels,
    type,
    renderer: chooser.rendererFor(type),
    bytes: isComplete ? info.size : 0,
    unknownFields: unknownFields(noted),
    local: replace,
    path,
    origin: noted.path,
    durable: async () => {},
  };
  return { state: isComplete ? 'complete' : 'lost', file };
}

/** A stream of an earlier run ended with that run. The bytes received until then are the file. */
async function endStream(inbox: Inbox, id: string, target: string): Promise<void> {
  const stream = inbox.streamPath(id);
  if (!(await exists(stream))) return;
  await mkdir(dirname(target), { recursive: true });
  await unlink(target).catch(() => {});
  await link(stream, target);
  await unlink(stream);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
