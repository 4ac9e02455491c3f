import { link, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import type { Inbox } from './inbox.ts';

/** The original of a received entry that still grows. */
export interface GrowingOriginal {
  /** Appends a body; resolves to the size of the file then. @throws WpError if the spool is full */
  append(body: AsyncIterable<Uint8Array>): Promise<number>;
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
  const [name] = await readdir(source).catch(() => []);
  if (name === undefined) throw new WpError('entry', 'it is open and has no original', 'send it by "wp send"');
  const space = await inbox.reserve(0);
  const path = inbox.streamPath(id);
  await unlink(path).catch(() => {});
  await link(join(source, name), path);
  const file = await open(path, 'a');
  let bytes = (await file.stat()).size;
  return {
    async append(body) {
      for await (const piece of body) {
        await space.add(piece.length);
        await file.appendFile(piece);
        bytes += piece.length;
      }
      return bytes;
    },
    async close() {
      space.release();
      await file.close();
      await unlink(path).catch(() => {});
    },
  };
}
