import { chmod, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { WpError } from '../../shared/errors.ts';

/** The absolute path of the webpipe directory: `dir` (an option or `WEBPIPE_DIR`), or `~/webpipe`. */
export function webpipeDir(dir: string | undefined = process.env.WEBPIPE_DIR): string {
  return resolve(dir || join(homedir(), 'webpipe'));
}

/** The parts of a webpipe directory. What is inside `scrolls` belongs to the store (`../store/`). */
export const layout = {
  scrolls: (dir: string) => join(dir, 's'),
  spool: (dir: string) => join(dir, 'spool'),
  run: (dir: string) => join(dir, 'run'),
  plugins: (dir: string) => join(dir, 'plugins'),
  /** Journal lines that could not be read. */
  damaged: (dir: string) => join(dir, 'damaged'),
} as const;

/**
 * Creates the directory and its parts with mode 0700. If the user has made `s` or the directory itself readable for
 * others, so that a web server can publish scrolls, it stays readable. Others never get write access, and `run`,
 * `spool` and `damaged` stay private.
 * @throws WpError if a part belongs to another user, who could write anything into it
 */
export async function prepareDir(dir: string): Promise<void> {
  const privateParts = [layout.run(dir), layout.spool(dir)];
  for (const part of [dir, layout.scrolls(dir), layout.plugins(dir), ...privateParts]) {
    await mkdir(part, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(part);
    const user = process.geteuid?.() ?? uid;
    if (uid !== user)
      throw new WpError('dir', `${part} belongs to another user (${uid})`, 'choose a directory of yours with --dir');
    const allowed = mode & (privateParts.includes(part) ? 0o700 : 0o755);
    if ((mode & 0o777) !== allowed) await chmod(part, allowed);
  }
}
