import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A plugin in a plugin directory. */
export interface PluginInfo {
  readonly name: string;
  readonly types: readonly string[];
  /** Its path, followed by the reason if it cannot be used. */
  readonly about: string;
}

/** The plugins `<dir>/<type>/render`, sorted by type. Returns none if the directory does not exist. */
export async function pluginsIn(dir: string): Promise<PluginInfo[]> {
  const found: PluginInfo[] = [];
  for (const type of (await readdir(dir).catch(() => [])).sort()) {
    const path = join(dir, type, 'render');
    if (!(await can(path, constants.F_OK))) continue;
    const isExecutable = await can(path, constants.X_OK);
    found.push({ name: type, types: [type], about: isExecutable ? path : `${path} (not executable: chmod +x it)` });
  }
  return found;
}

function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
