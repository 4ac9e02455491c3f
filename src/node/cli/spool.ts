import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layout, prepareDir, writeWhole } from '../store/layout.ts';
import { holderOf, lock } from '../store/lock.ts';

/** How long what nobody takes is kept, milliseconds. */
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
 * Removes from a spool, before its stage begins, what nobody takes though it has been given again, at one start after the
 * other, for a week: behind a pipe somebody may choose, and nobody hears what was left out. The week begins with the first
 * start that finds it; how long nothing ran before does not count.
 */
export async function dropUntaken(path: string): Promise<void> {
  const list = join(path, '.left');
  const text = await readFile(list, 'utf8').catch(() => '');
  const before = new Map([...text.matchAll(/^([0-9a-f]{32}) (\d+)$/gm)].map(([, id, time]) => [id, Number(time)]));
  const names = await readdir(path);
  const left: string[] = [];
  for (const id of names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))) {
    const found = before.get(id) ?? Date.now();
    if (Date.now() - found < KEEP) left.push(`${id} ${found}\n`);
    else {
      const all = names.filter((name) => name.split('.')[0] === id);
      for (const name of all) await rm(join(path, name), { recursive: true, force: true });
    }
  }
  await writeWhole(list, left.join(''));
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
