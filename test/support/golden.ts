import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const formats = resolve(import.meta.dirname, '../../src/formats');

/**
 * The absolute path of a golden file.
 * @param path `<type>/<case>/<file>`, as in `src/formats/<format>/golden/`
 */
export function golden(path: string): string {
  const type = path.split('/')[0] ?? '';
  const owner = readdirSync(formats).find((format) => existsSync(join(formats, format, 'golden', type)));
  if (owner === undefined) throw new Error(`no format has golden cases of type ${type}`);
  return join(formats, owner, 'golden', path);
}
