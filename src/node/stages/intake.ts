import { constants, type Stats } from 'node:fs';
import { copyFile, cp, type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { unpack } from './archive.ts';
import { Lane } from './lane.ts';

/** Files up to this size are copied before they are rendered, so that page and original are of one moment. */
export const SMALL = 8 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** Pieces that are written together, at most: each takes memory besides its bytes. */
const PIECES = 64;
const HOLE = Buffer.alloc(PIECE);
/** Bytes written before they are sent to the disk: so a large copy never makes another file's sync wait for long. */
const DIRTY = 32 * 1024 * 1024;
/** What a directory may hold to be shown. */
const MAX_FILES = 10_000;
const MAX_TREE = 2 * 1024 ** 3;

/** What stands at a path that somebody wants to see. @throws WpError in words for people */
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

/** Says in words for people why what is at a path cannot be had. */
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
   * Settles when all of it is on disk, with its size. A small file, which is there already, is only synced when this is
   * asked: the disk is not to be busy while its page is made. It must be asked for.
   */
  done(): Promise<number>;
}

/** Large copies take turns, piece by piece: each keeps a thread and the disk busy, and none waits for all of another. */
const copies = new Lane(2);

/**
 * Starts to copy the file at `from` to `to`; sharing its blocks where the file system can.
 * @returns when `to` exists
 */
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
  const done = settled(copyPieces(source, target));
  return { done: () => done };
}

/** Somebody looks at the promise later: until then a failure is not a crash. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Begins to put a file on disk when it is asked for, wherever it has been moved by then. */
async function syncLater(path: string): Promise<Copy> {
  return syncWhenAsked(await open(path, 'r'));
}

function syncWhenAsked(handle: FileHandle): Copy {
  let done: Promise<number> | undefined;
  return { done: () => (done ??= settled(syncedSize(handle))) };
}

async function syncedSize(handle: FileHandle): Promise<number> {
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
      // Zeros stay a hole: a sparse file of terabytes takes no more room than it has.
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

/** What the files of a directory come to, bytes. @throws WpError when it holds more than one shows */
export async function treeSize(dir: string): Promise<number> {
  let files = 0;
  let bytes = 0;
  const count = async (place: string): Promise<void> => {
    for (const item of await readdir(place, { withFileTypes: true })) {
      files += 1;
      if (item.isDirectory()) await count(join(place, item.name));
      else if (item.isFile()) bytes += (await stat(join(place, item.name))).size;
      if (files > MAX_FILES || bytes > MAX_TREE)
        throw new WpError(
          'show',
          `the directory holds more than ${MAX_FILES} files or 2 GiB`,
          'show what matters in it',
        );
    }
  };
  await count(dir);
  return bytes;
}

/**
 * Copies a directory with what it holds; links are left out.
 * @returns its size in bytes
 * @throws WpError when it holds more than one shows
 */
export async function copyTree(from: string, to: string): Promise<number> {
  const bytes = await treeSize(from);
  await mkdir(to, { recursive: true });
  await cp(from, to, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: async (path) => {
      const info = await lstat(path);
      return path === from || info.isDirectory() || info.isFile();
    },
  });
  return bytes;
}

/**
 * Makes the directory `to` of a tar: what was packed as one directory, under whatever name, or as its contents alone.
 * @throws WpError for an archive that is not whole, or holds what may not be in one
 */
export async function unpackTree(body: AsyncIterable<Uint8Array>, to: string): Promise<void> {
  const part = `${to}.part`;
  await unpack(body, part);
  const [only, ...more] = await readdir(part, { withFileTypes: true });
  const packed = only?.isDirectory() && more.length === 0 ? join(part, only.name) : part;
  await rename(packed, to);
  await rm(part, { recursive: true, force: true });
  await syncTree(to);
}

/** Puts a directory with all that it holds on disk. */
export async function syncTree(dir: string): Promise<void> {
  for (const item of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, item.name);
    if (item.isDirectory()) await syncTree(path);
    else await syncedSize(await open(path, 'r'));
  }
}

/** Appends all `pieces`; the system may write fewer bytes at a time. */
async function append(target: FileHandle, pieces: readonly Uint8Array[], size: number): Promise<void> {
  const { bytesWritten } = await target.writev(pieces);
  if (bytesWritten < size) await target.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/** Writes a body as it comes into a new file. @returns when all of it has come and has been written */
export async function writeBody(body: AsyncIterable<Uint8Array>, path: string): Promise<Copy & { size: number }> {
  const target = await open(path, 'wx', 0o600);
  // What comes next is taken while this is written, and this is written while what was before goes to the disk.
  let written: Promise<unknown> = Promise.resolve();
  let synced: Promise<void> = Promise.resolve();
  try {
    let size = 0;
    let dirty = 0;
    let pieces: Uint8Array[] = [];
    let waiting = 0;
    const write = async () => {
      await written;
      written = settled(append(target, pieces, waiting));
      dirty += waiting;
      pieces = [];
      waiting = 0;
      if (dirty < DIRTY) return;
      await synced;
      synced = settled(target.datasync());
      dirty = 0;
    };
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      waiting += piece.length;
      if (waiting >= PIECE || pieces.length >= PIECES) await write();
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
