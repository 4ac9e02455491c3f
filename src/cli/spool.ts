import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layout, prepareDir } from '../scroll/layout.ts';
import { holderOf, lock } from '../scroll/lock.ts';

/** How long what a filter rendered and nobody took is kept, milliseconds. */
const KEEP = 7 * 24 * 3600_000;
const FILTER = /^filter-\d+$/;

/** The place where a stage keeps what is on its way. */
export interface Spool {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Takes a spool for one process: what an earlier one of this name left in it is found again.
 * @throws WpError when another process has it
 */
export async function takeSpool(dir: string, name: string): Promise<Spool> {
  await prepareDir(dir);
  const path = join(layout.spool(dir), name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const release = await lock(join(path, '.lock'), `the spool ${path}`, 'end it first; "wp status" says what runs');
  return { path, release };
}

/**
 * A spool for a filter, of its own: its files came from a pipe, nobody was told that they are safe, and another filter
 * has nothing to do with them. What one that has ended has left there, and no one has taken in a week, is removed.
 */
export async function filterSpool(dir: string): Promise<Spool> {
  await prepareDir(dir);
  const home = layout.spool(dir);
  for (const name of (await readdir(home)).filter((item) => FILTER.test(item))) {
    const path = join(home, name);
    const info = await stat(path).catch(() => undefined);
    if (!info || Date.now() - info.mtimeMs < KEEP) continue;
    // A tunnel may have nothing to do for longer than that.
    if ((await holderOf(join(path, '.lock'))) === undefined) await rm(path, { recursive: true, force: true });
  }
  const spool = await takeSpool(dir, `filter-${process.pid}`);
  // A process of this number may have left something long ago.
  for (const item of await readdir(spool.path)) {
    if (item !== '.lock') await rm(join(spool.path, item), { recursive: true, force: true });
  }
  return {
    path: spool.path,
    release: async () => {
      await spool.release();
      // Where all has been taken already.
      await rmdir(spool.path).catch(() => {});
    },
  };
}
