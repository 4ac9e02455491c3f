import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTarPacker } from 'modern-tar';
import { unpackTar } from 'modern-tar/fs';
import { messageOf, WpError } from '../../shared/errors.ts';
import { bytesOf } from './bytes.ts';

/** The most that an archive may hold: files and directories, bytes, levels. */
const MAX_FILES = 10_000;
const MAX_BYTES = 2 * 1024 ** 3;
const MAX_DEPTH = 64;

/** Options of `rm` for a directory into which a failed extraction may still write for a moment. */
export const LATE = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const;

/** A file or directory to pack, and its name in the archive. */
export interface Packed {
  readonly name: string;
  readonly path: string;
}

/**
 * Packs files and directories (not links and devices) into a tar file at `target`. Each file is packed with the size it
 * had when packing reached it, so one that grows meanwhile is no error.
 * @returns the sizes of the files, by path
 * @throws WpError if they hold too much, or one cannot be read to its end
 */
export async function pack(items: readonly Packed[], target: string): Promise<ReadonlyMap<string, number>> {
  const { readable, controller } = createTarPacker();
  const sizes = new Map<string, number>();
  let count = 0;
  let bytes = 0;
  const add = async ({ name, path }: Packed, depth: number): Promise<void> => {
    const info = await stat(path);
    const { size, mtime } = info;
    count += 1;
    bytes += info.isFile() ? size : 0;
    if (count > MAX_FILES || bytes > MAX_BYTES || depth > MAX_DEPTH) throw tooMuch();
    if (info.isDirectory()) {
      await controller.add({ name: `${name}/`, type: 'directory', size: 0, mode: 0o755, mtime }).close();
      for (const item of (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1)))
        if (item.isDirectory() || item.isFile())
          await add({ name: `${name}/${item.name}`, path: join(path, item.name) }, depth + 1);
    } else if (info.isFile()) {
      sizes.set(path, size);
      const writer = controller.add({ name, size, mode: 0o644, mtime }).getWriter();
      for await (const piece of bytesOf(path, 0, size)) await writer.write(piece);
      await writer.close();
    }
  };
  const work = async () => {
    for (const item of items) await add(item, 0);
    controller.finalize();
  };
  const out = createWriteStream(target, { flags: 'wx', mode: 0o600 });
  const written = pipeline(Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0]), out);
  await Promise.all([written, work().catch((error: unknown) => controller.error(error))]);
  return sizes;
}

/**
 * Extracts a tar into the directory `target`, which is created: files and directories and nothing else. After a failure
 * something may still be written there for a moment, so remove it with `LATE`.
 * @throws WpError for an archive that holds anything else, has names outside of `target`, is too large or incomplete
 */
export async function unpack(body: AsyncIterable<Uint8Array>, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  let count = 0;
  let bytes = 0;
  const extract = unpackTar(target, {
    strict: true,
    maxDepth: MAX_DEPTH,
    dmode: 0o700,
    fmode: 0o600,
    filter: ({ name, type = 'file', size }) => {
      if (type !== 'file' && type !== 'directory') throw bad(`"${name}" is a ${type}`);
      if (/^\/|(^|\/)\.\.(\/|$)|[\\\0]/.test(name)) throw bad(`the name "${name}" leads elsewhere`);
      count += 1;
      bytes += size;
      if (count > MAX_FILES || bytes > MAX_BYTES) throw tooMuch();
      return true;
    },
  });
  try {
    await pipeline(body, extract);
  } catch (cause) {
    throw cause instanceof WpError ? cause : bad(messageOf(cause), cause);
  }
}

function tooMuch(): WpError {
  return new WpError(
    'archive',
    `it holds more than ${MAX_FILES} files, 2 GiB or ${MAX_DEPTH} levels`,
    'send what matters in it',
  );
}

function bad(what: string, cause?: unknown): WpError {
  return new WpError('archive', what, 'send files and directories only', { cause });
}
