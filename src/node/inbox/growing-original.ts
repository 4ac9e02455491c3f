import { link, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import type { Inbox } from './inbox.ts';

/** The original of a received entry that still grows. */
export interface GrowingOriginal {
  /** The size of the file. */
  readonly bytes: number;
  /** Appends to the file; after `close`, does nothing. @throws WpError if the spool is full */
  append(piece: Uint8Array): Promise<void>;
  /** May be called while `append` runs. */
  close(): Promise<void>;
}

/**
 * Opens the original of an open entry for appending. It is linked to a second name, because the entry moves to the
 * scroll.
 * @param page the page of the entry
 * @throws WpError if the entry has no original
 */
export async function followOriginal(inbox: Inbox, page: string, id: string): Promise<GrowingOriginal> {
  const source = join(page.replace(/\.html$/, ''), 'source');
  const [original] = await readdir(source, { withFileTypes: true }).catch(() => []);
  if (!original?.isFile()) throw new WpError('entry', 'it is open and has no original', 'send it by "wp send"');
  const space = await inbox.reserve(0);
  const path = inbox.streamPath(id);
  await unlink(path).catch(() => {});
  await link(join(source, original.name), path);
  const file = await open(path, 'a');
  let bytes = (await file.stat()).size;
  let isClosed = false;
  return {
    get bytes() {
      return bytes;
    },
    async append(piece) {
      if (isClosed) return;
      await space.add(piece.length);
      if (isClosed) return space.release();
      await file.appendFile(piece);
      bytes += piece.length;
    },
    async close() {
      isClosed = true;
      space.release();
      await file.close();
      await unlink(path).catch(() => {});
    },
  };
}
