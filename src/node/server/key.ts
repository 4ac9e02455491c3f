import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../shared/errors.ts';
import { layout, prepareDir } from '../store/layout.ts';

/** The secret of a webpipe directory. Everything that opens a door is derived from it. */
export interface Key {
  /** 32 hex digits that only who has the key can say of `text`. */
  sign(text: string): string;
  /** Whether `mark` is what `sign(text)` gives; takes as long for a wrong one as for the right one. */
  verify(text: string, mark: string): boolean;
}

/** Reads the key of a directory, and makes it the first time. */
export async function readKey(dir: string): Promise<Key> {
  await prepareDir(dir);
  const path = join(layout.run(dir), 'key');
  const secret = await readFile(path).catch(async (error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
    // Made beside and linked: of two that start at once, both use the same.
    const mine = `${path}.${process.pid}`;
    await writeFile(mine, randomBytes(32), { mode: 0o600 });
    await link(mine, path).catch((failure: unknown) => {
      if (!hasCode(failure, 'EEXIST')) throw failure;
    });
    await unlink(mine);
    return readFile(path);
  });
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
  return {
    sign,
    verify: (text, mark) => {
      const right = Buffer.from(sign(text));
      const given = Buffer.from(mark);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
