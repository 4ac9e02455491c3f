/** A small Debian system without Node in a directory, for programs that must run with nothing else installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['dash', 'coreutils', 'findutils', 'grep', 'sed', 'mawk', 'libstdc++6'];
const COMMANDS = ['apt-get', 'apt-cache', 'dpkg-deb', 'unshare', 'chroot'];

/** Why no chroot can be made here, or undefined if it can: root on Debian is needed. */
export function chrootProblem(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  const isMissing = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0;
  const missing = COMMANDS.filter(isMissing);
  if (missing.length) return `missing: ${missing.join(', ')}`;
  const privateMounts = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'proc', 'proc', '/proc']);
  return privateMounts.status === 0 ? undefined : 'mounting is not permitted';
}

/**
 * Unpacks Debian packages, from where apt gets its own, into `folder`. Their scripts are not run: programs and libraries
 * are enough.
 */
export function makeChroot(folder: string): void {
  const downloads = join(folder, 'var/cache/apt');
  mkdirSync(downloads, { recursive: true });
  download(downloads);
  for (const name of readdirSync(downloads).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(downloads, name), folder]);
  }
  // Newer packages have everything below usr/ and leave these links to another package.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    if (!existsSync(join(folder, name)) && existsSync(join(folder, 'usr', name))) {
      symlinkSync(join('usr', name), join(folder, name));
    }
  }
  for (const name of ['dev', 'proc', 'tmp', 'root', 'opt']) mkdirSync(join(folder, name), { recursive: true });
}

/** Downloads the packages and all that they depend on. A machine that never ran `apt-get update` has no lists yet. */
function download(folder: string): void {
  try {
    execFileSync('apt-get', ['download', '-qq', ...withDependencies()], { cwd: folder, stdio: 'pipe' });
  } catch {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'pipe' });
    execFileSync('apt-get', ['download', '-qq', ...withDependencies()], { cwd: folder, stdio: 'pipe' });
  }
}

function withDependencies(): string[] {
  const only = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`);
  const text = execFileSync('apt-cache', ['depends', '--recurse', ...only, ...PACKAGES], { encoding: 'utf8' });
  const names = text.split('\n').filter((line) => /^[a-z0-9]/.test(line));
  return [...new Set(names)];
}

/**
 * The command and arguments that run the shell script `script` in the chroot. It has its own `/proc`; when it ends, all
 * its processes and mounts end with it.
 */
export function inChroot(folder: string, script: string): [string, string[]] {
  const setup = 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/sh -euc "$2"';
  return ['unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', setup, 'sh', folder, script]];
}
