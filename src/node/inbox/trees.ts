import { constants } from 'node:fs';
import { cp, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import { unpack } from './archive.ts';
import { syncedSize } from './copy.ts';

/** The most that a directory may hold to be shown: files and directories, and bytes. */
const MAX_FILES = 10_000;
const MAX_BYTES = 2 * 1024 ** 3;

/** The size of all files in a directory, bytes. @throws WpError if it holds more than can be shown */
export async function treeSize(dir: string): Promise<number> {
  let files = 0;
  let bytes = 0;
  const count = async (place: string): Promise<void> => {
    for (const item of await readdir(place, { withFileTypes: true })) {
      files += 1;
      if (item.isDirectory()) await count(join(place, item.name));
      else if (item.isFile()) bytes += (await stat(join(place, item.name))).size;
      if (files > MAX_FILES || bytes > MAX_BYTES)
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
 * Copies a directory with its files and directories; links and devices are left out. Resolves to its size in bytes.
 * @param onSize called with the size before anything is copied
 * @throws WpError if it holds more than can be shown
 */
export async function copyTree(
  from: string,
  to: string,
  onSize: (bytes: number) => Promise<void> = async () => {},
): Promise<number> {
  const bytes = await treeSize(from);
  await onSize(bytes);
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
 * Extracts a tar to the directory `to`: what was packed as one directory, under any name, or only its contents.
 * @throws WpError for an archive that is incomplete or holds anything but files and directories
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

/** Syncs all files in a directory. */
export async function syncTree(dir: string): Promise<void> {
  for (const item of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, item.name);
    if (item.isDirectory()) await syncTree(path);
    else await syncedSize(await open(path, 'r'));
  }
}
