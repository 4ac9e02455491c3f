import { statSync } from 'node:fs';
import type { Inbox } from '../inbox/inbox.ts';
import type { Note } from '../inbox/notes.ts';

/** Yields what an earlier run of recv received and no stage has taken over, oldest first. Removes incomplete files. */
export async function recoverArrivals(inbox: Inbox): Promise<Pick<Note, 'record' | 'local'>[]> {
  const complete: Pick<Note, 'record' | 'local'>[] = [];
  for (const { id, record, local, size = 0 } of await inbox.recover()) {
    const path = record.kind === 'file' ? record.path : record.page;
    const info = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (info !== undefined && (!info.isFile() || info.size >= size)) complete.push({ record, local });
    else await inbox.discard(id);
  }
  return complete;
}
