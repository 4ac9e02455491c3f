import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hasCode, WpError } from '../../shared/errors.ts';

/** Thrown if another process holds a lock. */
export class LockedError extends WpError {}

/**
 * Identifies a process: its id and, on Linux, its start time, since the id may be given to another process later.
 * @returns undefined if there is no such process
 */
async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return undefined;
  }
  // Field 22 of /proc/<pid>/stat is the start time. The name in field 2 may contain spaces and parentheses.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`.trim();
}

/** The id of the process that the text of a lock identifies; undefined if it has ended. */
async function livingHolder(holder: string): Promise<number | undefined> {
  const pid = Number(holder.split(' ')[0]);
  return holder && pid > 0 && (await processIdentity(pid)) === holder ? pid : undefined;
}

/** The id of the process that holds the lock at `path`, if any. */
export async function holderOf(path: string): Promise<number | undefined> {
  return livingHolder((await readFile(path, 'utf8').catch(() => '')).trim());
}

/** Removes the lock of a holder that has ended, unless another process has replaced it meanwhile. */
async function removeStale(path: string, holder: string, temporary: string): Promise<void> {
  try {
    await rename(path, temporary);
    if ((await readFile(temporary, 'utf8')).trim() !== holder) await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
  }
  await unlink(temporary).catch(() => {});
}

/**
 * Takes the lock at `path` for this process. The lock of a process that has ended is replaced.
 * @param what what the lock is for, in the error
 * @param advice what to do about it, in the error
 * @returns a function that releases the lock
 * @throws LockedError if another process holds it
 */
export async function lock(path: string, what: string, advice: string): Promise<() => Promise<void>> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, `${await processIdentity(process.pid)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        // Linking fails if the lock exists, and never shows a lock without its contents.
        await link(own, path);
        return () => unlink(path).catch(() => {});
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
      const holder = (await readFile(path, 'utf8').catch(() => '')).trim();
      const pid = await livingHolder(holder);
      if (pid !== undefined) throw new LockedError('run', `${what} belongs to process ${pid}`, advice);
      await removeStale(path, holder, `${own}.old`);
    }
    throw new WpError('run', `${what} cannot be locked (${path})`, 'try again');
  } finally {
    await unlink(own).catch(() => {});
  }
}
