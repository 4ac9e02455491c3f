import { rm, stat } from 'node:fs/promises';
import { type Packed, pack } from './archive.ts';
import { bytesOf } from './bytes.ts';
import { writeBody } from './copy.ts';
import type { Inbox } from './inbox.ts';
import { type Reservation, sizeOf } from './quota.ts';

/** Bytes that are kept until they have been answered for, because they may have to be sent again. */
export interface Outgoing {
  readonly length: number;
  /** Can be read more than once. */
  readonly body: AsyncIterable<Uint8Array>;
  remove(): Promise<void>;
}

/**
 * Packs files and directories into an archive that is kept.
 * @returns the archive, and the sizes of the files in it, by path
 * @throws WpError if something cannot be packed, or the spool is full
 */
export async function packOutgoing(
  inbox: Inbox,
  id: string,
  items: readonly Packed[],
): Promise<Outgoing & { readonly sizes: ReadonlyMap<string, number> }> {
  const path = inbox.uniquePath(id, 'tar');
  let expected = 0;
  for (const item of items) expected += await sizeOf(item.path);
  const space = await inbox.reserve(expected);
  try {
    const sizes = await pack(items, path);
    const packed = await outgoing(path, space);
    await space.add(Math.max(0, packed.length - expected));
    return { ...packed, sizes };
  } catch (error) {
    await removeOutgoing(path, space);
    throw error;
  }
}

/**
 * Keeps a body that arrives by value.
 * @param length its bytes
 * @throws WpError if it breaks off, or the spool is full
 */
export async function keepOutgoing(
  inbox: Inbox,
  id: string,
  length: number,
  body: AsyncIterable<Uint8Array>,
): Promise<Outgoing> {
  const path = inbox.uniquePath(id, 'body');
  const space = await inbox.reserve(length);
  try {
    await (await writeBody(body, path)).done();
    return await outgoing(path, space);
  } catch (error) {
    await removeOutgoing(path, space);
    throw error;
  }
}

async function outgoing(path: string, space: Reservation): Promise<Outgoing> {
  const { size } = await stat(path);
  return { length: size, body: bytesOf(path, 0, size), remove: () => removeOutgoing(path, space) };
}

async function removeOutgoing(path: string, space: Reservation): Promise<void> {
  space.release();
  await rm(path, { force: true });
}
