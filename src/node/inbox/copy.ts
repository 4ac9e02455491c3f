import { constants, type Stats } from 'node:fs';
import { copyFile, type FileHandle, open, stat } from 'node:fs/promises';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { Limiter } from './limiter.ts';

/**
 * Files up to this size, in bytes, are copied before they are rendered, so that page and original have the same
 * content.
 */
export const SMALL = 8 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** The most pieces that are written together: each takes memory besides its bytes. */
const MAX_PIECES = 64;
const HOLE = Buffer.alloc(PIECE);
/** Bytes written between two syncs, so that a large copy never delays the sync of another file for long. */
const DIRTY = 32 * 1024 * 1024;

/**
 * The stat of a file or directory that is to be shown or sent.
 * @param where the first word of the error, which people read
 * @throws WpError if it cannot be read, or is neither
 */
export async function inspect(path: string, where = 'show'): Promise<Stats> {
  let info: Stats;
  try {
    info = await stat(path);
  } catch (cause) {
    unreadable(path, cause, where);
  }
  if (info.isFile() || info.isDirectory()) return info;
  throw new WpError(where, `${path}: it is neither a file nor a directory`, 'pipe it: "wp show < it"');
}

/** @throws WpError that says why the file at `path` cannot be read */
export function unreadable(path: string, cause: unknown, where = 'show'): never {
  const what = hasCode(cause, 'ENOENT', 'ENOTDIR')
    ? 'there is no such file'
    : hasCode(cause, 'EACCES')
      ? 'it may not be read'
      : messageOf(cause);
  throw new WpError(where, `${path}: ${what}`, 'look at its name and its permissions', { cause });
}

/** A copy that has begun. */
export interface Copy {
  /**
   * Resolves to the size when the complete copy is on disk. Must be called. A small copy is complete already and is
   * only synced when this is called, so that the disk is not busy while the page is rendered.
   */
  done(): Promise<number>;
}

/**
 * Large copies take turns, piece by piece: each occupies a thread and the disk, and none waits for the end of another.
 */
const copies = new Limiter(2);

/** Starts to copy a file, sharing its blocks where the file system supports it. Resolves when `to` exists. */
export async function beginCopy(from: string, to: string, info: Stats): Promise<Copy> {
  if (info.size <= SMALL) {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return syncLater(to);
  }
  const cloned = await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (cloned) return syncLater(to);
  const source = await open(from, 'r');
  const target = await open(to, 'w', 0o600).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const done = handled(copyPieces(source, target));
  return { done: () => done };
}

/** The promise, marked as handled: it is awaited later, and until then a rejection must not end the process. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Opens a file now, so that it can be synced later, wherever it has been moved by then. */
async function syncLater(path: string): Promise<Copy> {
  return syncWhenAsked(await open(path, 'r'));
}

function syncWhenAsked(handle: FileHandle): Copy {
  let done: Promise<number> | undefined;
  return { done: () => (done ??= handled(syncedSize(handle))) };
}

/** Syncs and closes a file; resolves to its size. */
export async function syncedSize(handle: FileHandle): Promise<number> {
  try {
    await handle.datasync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

async function copyPieces(source: FileHandle, target: FileHandle): Promise<number> {
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    let size = 0;
    let dirty = 0;
    const next = async (): Promise<boolean> => {
      const { bytesRead } = await source.read(piece, 0, PIECE, size);
      if (bytesRead === 0) return false;
      const bytes = piece.subarray(0, bytesRead);
      // Zeros are not written, so that the copy of a sparse file is sparse.
      if (!bytes.equals(HOLE.subarray(0, bytesRead))) {
        await target.writev([bytes], size);
        dirty += bytesRead;
      }
      size += bytesRead;
      if (dirty >= DIRTY) {
        await target.datasync();
        dirty = 0;
      }
      return true;
    };
    while (await copies.run(next));
    await target.truncate(size);
    await target.datasync();
    return size;
  } finally {
    await source.close();
    await target.close();
  }
}

/** Appends all pieces; the system may write fewer bytes at a time. */
async function append(target: FileHandle, pieces: readonly Uint8Array[], size: number): Promise<void> {
  const { bytesWritten } = await target.writev(pieces);
  if (bytesWritten < size) await target.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/** Writes a body into a new file as it arrives. Resolves when all of it has arrived and been written. */
export async function writeBody(body: AsyncIterable<Uint8Array>, path: string): Promise<Copy & { size: number }> {
  const target = await open(path, 'wx', 0o600);
  // The next pieces are received while the previous ones are written, and those before are synced.
  let written: Promise<unknown> = Promise.resolve();
  let synced: Promise<void> = Promise.resolve();
  try {
    let size = 0;
    let dirty = 0;
    let pieces: Uint8Array[] = [];
    let waiting = 0;
    const write = async () => {
      await written;
      written = handled(append(target, pieces, waiting));
      dirty += waiting;
      pieces = [];
      waiting = 0;
      if (dirty < DIRTY) return;
      await synced;
      synced = handled(target.datasync());
      dirty = 0;
    };
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      waiting += piece.length;
      if (waiting >= PIECE || pieces.length >= MAX_PIECES) await write();
    }
    if (waiting > 0) await write();
    await written;
    await synced;
    return { size, ...syncWhenAsked(target) };
  } catch (error) {
    await Promise.allSettled([written, synced]);
    await target.close();
    throw error;
  }
}
