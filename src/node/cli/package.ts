import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory that webpipe is in: the one with package.json, whether this code is in src/ or in dist/. */
export function packageDir(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json')) && dir !== dirname(dir)) dir = dirname(dir);
  return dir;
}

/** The version of this webpipe, as package.json says it. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageDir(), 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The stub: the one file that another machine needs to show here. */
export function stubPath(): string {
  return join(packageDir(), 'clients/sh/wp-stub');
}
