/** A small Debian system without Node in a directory, for programs that must run with nothing else installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['dash', 'coreutils', 'findutils', 'grep', 'sed', 'mawk', 'libstdc++6'];
const COMMANDS = ['apt-get', 'apt-cache', 'dpkg-deb', 'unshare', 'chroot'];

/** The reason why no chroot can be made here, or undefined. It needs root and Debian. */
export function chrootProblem(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  const isMissing = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0;
  const missing = COMMANDS.filter(isMissing);
  if (missing.length) return `missing: ${missing.join(', ')}`;
  const privateMounts = spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'proc', 'proc', '/proc']);
  return privateMounts.status === 0 ? undefined : 'mounting is not permitted';
}

/** Downloads Debian packages with apt and unpacks them into `folder`, without running their scripts. */
export function makeChroot(folder: string): void {
  const downloads = join(folder, 'var/cache/apt');
  mkdirSync(downloads, { recursive: true });
  download(downloads);
  for (const name of readdirSync(downloads).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(downloads, name), folder]);
  }
  // Newer packages have all files below usr/, and another package has these links.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    if (!existsSync(join(folder, name)) && existsSync(join(folder, 'usr', name))) {
      symlinkSync(join('usr', name), join(folder, name));
    }
  }
  for (const name of ['dev', 'proc', 'tmp', 'root', 'opt']) mkdirSync(join(folder, name), { recursive: true });
}

/** Downloads the packages and their dependencies. Runs `apt-get update` first if there are no package lists. */
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
 * The command and arguments that run the shell script `script` in the chroot. It has its own `/proc`; when the script
 * ends, all its processes and mounts are removed.
 */
export function inChroot(folder: string, script: string): [string, string[]] {
  const setup = 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/sh -euc "$2"';
  return ['unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', setup, 'sh', folder, script]];
}
