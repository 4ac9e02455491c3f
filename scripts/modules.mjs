/** Installs the npm packages if they are missing or differ from package-lock.json. Uses Node's own modules only. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Installs the npm packages in `root` if necessary. Returns false if that failed. */
export function installModules(root) {
  if (spawnSync(process.execPath, [join(root, 'scripts/installed.mjs')], { stdio: 'ignore' }).status === 0) return true;
  const verb = existsSync(join(root, 'node_modules')) ? 'install' : 'ci';
  console.log(`test: npm ${verb}`);
  const run = spawnSync('npm', [verb, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 15 * 60_000,
  });
  return run.status === 0;
}
