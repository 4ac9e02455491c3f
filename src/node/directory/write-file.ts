import { rename, writeFile } from 'node:fs/promises';

/** Replaces the file at `path`, mode 0600, in one step: a reader sees the old contents or the new, never a part. */
export async function writeFileAtomic(path: string, contents: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents, { mode: 0o600 });
  await rename(temporary, path);
}
