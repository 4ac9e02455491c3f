/** The npm packages: installed where they are missing or others than package-lock.json says. Node's own modules only. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Whether node_modules holds what package-lock.json says. The times of the files tell nothing after a checkout. */
function upToDate(root) {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const present = packagesOf(installed);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || wanted.peer || present[path]?.version === wanted.version,
  );
}

/** Installs the npm packages if need be. Gives false where that failed. */
export function installModules(root) {
  if (upToDate(root)) return true;
  const verb = existsSync(join(root, 'node_modules')) ? 'install' : 'ci';
  console.log(`test: npm ${verb}`);
  const run = spawnSync('npm', [verb, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 15 * 60_000,
  });
  return run.status === 0;
}
