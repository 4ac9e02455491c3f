import { createReadStream, type ReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';

/** How much is read at a time, bytes. Node's default of 64 KiB gives a browser two thirds of this rate. */
const READ_SIZE = 512 * 1024;

/** A file that can be read in parts. */
export interface OpenFile {
  /** The name of the file, without its directory. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  /** The bytes from `start` to `end`, both included; all of them without arguments. */
  read(start?: number, end?: number): Pick<ReadStream, 'pipe' | 'destroy' | 'on'>;
}

/**
 * Opens a regular file below a directory. The names on its path may come from a URL: one that is not a plain file name
 * leads nowhere, and a symbolic link leads nowhere outside of the directory. `root` itself may be a link.
 * @param isContained whether a link may not even leave `root/<first name>`
 * @returns undefined if there is no such file
 */
export async function openFileBelow(
  root: string,
  names: readonly string[],
  isContained = false,
): Promise<OpenFile | undefined> {
  const [first] = names;
  if (first === undefined || !names.every(isPlainName)) return undefined;
  const [realRoot, path] = await Promise.all([resolveLinks(root), resolveLinks(join(root, ...names))]);
  if (realRoot === undefined || path === undefined) return undefined;
  const container = isContained ? join(realRoot, first) : realRoot;
  if (path !== container && !path.startsWith(container + sep)) return undefined;
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  return {
    name: basename(path),
    size: info.size,
    modified: info.mtime,
    read: (start, end) => createReadStream(path, { start, end, highWaterMark: READ_SIZE }),
  };
}

/** Whether `name` names something in its directory, and nothing elsewhere. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

async function resolveLinks(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
