import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hasCode, WpError } from '../../shared/errors.ts';

/** Who holds a lock: the process and when it began, so that a number used again is not mistaken for it. */
async function processMark(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return undefined;
  }
  // Field 22 of /proc/<pid>/stat is the start time; the name in field 2 may hold spaces and parentheses.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`.trim();
}

/** The process that the text of a lock names, if it lives. */
async function living(holder: string): Promise<number | undefined> {
  const pid = Number(holder.split(' ')[0]);
  return holder && pid > 0 && (await processMark(pid)) === holder ? pid : undefined;
}

/** The process that holds the lock at `path`, if there is one and it lives. */
export async function holderOf(path: string): Promise<number | undefined> {
  return living((await readFile(path, 'utf8').catch(() => '')).trim());
}

/** Removes the lock of a holder that has ended, and not the one that somebody else has put there since. */
async function remove(path: string, holder: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')).trim() !== holder) await link(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
  }
  await unlink(aside).catch(() => {});
}

/**
 * Takes the lock at `path` for this process. A lock whose holder has ended is taken over.
 * @returns the way to give it back
 * @throws WpError that says which process holds it
 */
export async function lock(path: string, what: string, todo: string): Promise<() => Promise<void>> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, `${await processMark(process.pid)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        await link(mine, path);
        return () => unlink(path).catch(() => {});
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const holder = (await readFile(path, 'utf8').catch(() => '')).trim();
      const pid = await living(holder);
      if (pid !== undefined) throw new WpError('run', `${what} belongs to process ${pid}`, todo);
      await remove(path, holder, `${mine}.old`);
    }
    throw new WpError('run', `${what} cannot be locked (${path})`, 'try again');
  } finally {
    await unlink(mine).catch(() => {});
  }
}
