import { chmod, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { hasCode, WpError } from '../../shared/errors.ts';
import { isScrollName } from '../../shared/names.ts';

/** The webpipe directory that `WEBPIPE_DIR` names, or `~/webpipe`. Absolute. */
export function webpipeDir(asked: string | undefined = process.env.WEBPIPE_DIR): string {
  return resolve(asked || join(homedir(), 'webpipe'));
}

/** Where what lies in a webpipe directory. */
export const layout = {
  scrolls: (dir: string) => join(dir, 's'),
  scroll: (dir: string, name: string) => join(dir, 's', name),
  journal: (dir: string, name: string) => join(dir, 's', name, 'scroll.ndjson'),
  spool: (dir: string) => join(dir, 'spool'),
  run: (dir: string) => join(dir, 'run'),
  plugins: (dir: string) => join(dir, 'plugins'),
} as const;

/**
 * Makes the directory and its parts, readable by this user alone. Where they were made by hand they stay readable, so
 * that a web server can publish scrolls; nobody else may write to them, and what is in `run` and `spool` is private.
 * @throws WpError when one belongs to another user, who could put anything into it
 */
export async function prepareDir(dir: string): Promise<void> {
  const closed = [layout.run(dir), layout.spool(dir)];
  for (const part of [dir, layout.scrolls(dir), layout.plugins(dir), ...closed]) {
    await mkdir(part, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(part);
    const user = process.geteuid?.() ?? uid;
    if (uid !== user)
      throw new WpError('dir', `${part} belongs to another user (${uid})`, 'choose a directory of yours with --dir');
    const harmless = mode & (closed.includes(part) ? 0o700 : 0o755);
    if ((mode & 0o777) !== harmless) await chmod(part, harmless);
  }
}

/** The scrolls of a directory with the time their journal last changed, newest first. */
export async function listScrolls(dir: string): Promise<{ name: string; updated: Date }[]> {
  const names = await readdir(layout.scrolls(dir)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const found: { name: string; updated: Date }[] = [];
  for (const name of names.filter(isScrollName)) {
    const journal = await stat(layout.journal(dir, name)).catch(() => undefined);
    if (journal) found.push({ name, updated: journal.mtime });
  }
  return found.sort((a, b) => b.updated.getTime() - a.updated.getTime());
}

/** Writes a file so that readers see the old one or the new one, never a part. */
export async function writeWhole(path: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
