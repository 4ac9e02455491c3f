/** Writes built files to dist/. */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const DAY = 24 * 3600_000;

/**
 * Writes the files and `.built`, and removes files of builds that are older than a day.
 * @param {string} dist @param {readonly { path: string, contents: Uint8Array }[]} files with absolute paths
 * @param {{ startedAt: Date, clean?: boolean }} options `startedAt`: sources changed after it are newer than the build;
 *   `clean`: removes all files of earlier builds
 */
export async function writeDist(dist, files, { startedAt, clean = false }) {
  for (const file of files) await writeIfChanged(file);
  const stamp = join(dist, '.built');
  await writeFile(stamp, '');
  await utimes(stamp, startedAt, startedAt);
  const current = new Set([stamp, ...files.map(({ path }) => path)]);
  await removeOld(dist, current, clean ? Date.now() : Date.now() - DAY);
}

async function writeIfChanged({ path, contents }) {
  const present = await readFile(path).catch(() => undefined);
  if (present && Buffer.compare(present, contents) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}~`, contents);
  await rename(`${path}.${process.pid}~`, path);
}

async function removeOld(dist, current, olderThan) {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || current.has(path)) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs <= olderThan) await rm(path, { force: true });
  }
}
