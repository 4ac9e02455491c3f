import { constants, type ReadStream } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';

/** How much is read at a time, bytes. Node's default of 64 KiB gives a browser two thirds of this rate. */
const READ_SIZE = 512 * 1024;

/** An open file, which can be read in parts. What replaces the file at its path in the meantime changes nothing. */
export interface OpenFile {
  /** The name of the file, without its directory. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  /** The bytes from `start` to `end`, both included; all of them without arguments. */
  read(start?: number, end?: number): Pick<ReadStream, 'pipe' | 'destroy' | 'on'>;
  /** Must be called once, when nothing is read any more. */
  close(): Promise<void>;
}

/** A link at the end of the path is not followed, and opening a named pipe does not wait for its writer. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

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
  const handle = await open(path, OPEN_FLAGS).catch(() => undefined);
  return handle && openFile(handle, basename(path));
}

/** @returns undefined, with the handle closed, unless it is of a regular file */
async function openFile(handle: FileHandle, name: string): Promise<OpenFile | undefined> {
  const info = await handle.stat().catch(() => undefined);
  if (!info?.isFile()) {
    await handle.close();
    return undefined;
  }
  return {
    name,
    size: info.size,
    modified: info.mtime,
    read: (start, end) => handle.createReadStream({ start, end, autoClose: false, highWaterMark: READ_SIZE }),
    close: () => handle.close(),
  };
}

/** Whether `name` names something in its directory, and nothing elsewhere. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

async function resolveLinks(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
