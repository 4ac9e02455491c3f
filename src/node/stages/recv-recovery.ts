import { statSync } from 'node:fs';
import type { Inbox } from '../inbox/inbox.ts';
import type { Note } from '../inbox/notes.ts';

/** What an earlier run of recv has kept and nobody has taken over, oldest first. Removes what is incomplete. */
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
