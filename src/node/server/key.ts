import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../shared/errors.ts';
import { layout, prepareDir } from '../directory/directory.ts';

/** The secret of a webpipe directory. All tokens, login codes and capabilities are derived from it. */
export interface Key {
  /** The signature of a text: 32 hex digits that cannot be computed without the key. */
  sign(text: string): string;
  /** Whether `signature` is that of `text`. Takes the same time for a wrong one as for the right one. */
  verify(text: string, signature: string): boolean;
}

/** Reads the key of a directory, `run/key`, and creates it the first time. */
export async function readKey(dir: string): Promise<Key> {
  await prepareDir(dir);
  const path = join(layout.run(dir), 'key');
  const secret = await readFile(path).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
    return createKey(path);
  });
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
  return {
    sign,
    verify: (text, signature) => {
      const expected = Buffer.from(sign(text));
      const actual = Buffer.from(signature);
      return actual.length === expected.length && timingSafeEqual(actual, expected);
    },
  };
}

/** Creates the key. Of two processes that do this at once, both get the same key. */
async function createKey(path: string): Promise<Buffer> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, randomBytes(32), { mode: 0o600 });
  await link(own, path).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await unlink(own);
  return readFile(path);
}
