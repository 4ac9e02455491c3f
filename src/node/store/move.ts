import { renameSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { hasCode } from '../../shared/errors.ts';

/** Moves a file or a directory. What is at the target is replaced, in one step where the system can. */
export async function move(from: string, to: string): Promise<void> {
  try {
    // Synchronous, since this takes microseconds on one file system and the viewer waits for the page.
    renameSync(from, to);
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) {
      const old = `${to}.old`;
      await rm(old, { recursive: true, force: true });
      await rename(to, old);
      await rename(from, to);
      await rm(old, { recursive: true, force: true });
    } else if (hasCode(error, 'EXDEV')) {
      await copy(from, to);
      await rm(from, { recursive: true, force: true });
    } else throw error;
  }
}

/** Copies a file or a directory. What is at the target is replaced when the copy is complete. */
export async function copy(from: string, to: string): Promise<void> {
  const temporary = `${to}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await cp(from, temporary, { recursive: true, verbatimSymlinks: true });
  await move(temporary, to);
}
