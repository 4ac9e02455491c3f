import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../model/errors.ts';
import { layout, prepareDir } from '../scroll/layout.ts';
import { lock } from '../scroll/lock.ts';

/** The place where a stage keeps what is on its way. */
export interface Spool {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Takes a spool for one process: what an earlier one of this name left in it is found again. With `any`, a name that
 * is taken gets a number, for filters of which several run.
 * @throws WpError when another process has it
 */
export async function takeSpool(dir: string, name: string, any: boolean): Promise<Spool> {
  await prepareDir(dir);
  for (let i = 1; ; i++) {
    const path = join(layout.spool(dir), i === 1 ? name : `${name}-${i}`);
    await mkdir(path, { recursive: true, mode: 0o700 });
    try {
      const release = await lock(join(path, '.lock'), `the spool ${path}`, 'end it first; "wp status" says what runs');
      return { path, release };
    } catch (error) {
      if (!any || i === 1000 || !(error instanceof WpError)) throw error;
    }
  }
}
