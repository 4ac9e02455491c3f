/** The programs of hosts that do not have all programs of this machine. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BindMount } from './namespaces.ts';

const run = promisify(execFile);

export interface Programs {
  /** Programs to copy from this machine. */
  readonly copies: readonly string[];
  /** Symbolic links, by name, to these programs. */
  readonly links: Readonly<Record<string, string>>;
}

/** The essential programs of Debian, and `more`. */
export function debian(more: readonly string[]): Programs {
  const packages =
    'bash bsdutils coreutils dash debianutils diffutils findutils grep gzip hostname mawk mount perl-base sed tar util-linux';
  const lists = packages.split(' ').map((name) => `/var/lib/dpkg/info/${name}.list`);
  const text = lists.flatMap((list) => (existsSync(list) ? [readFileSync(list, 'utf8')] : [])).join('');
  const listed = [...text.matchAll(/^(?:\/usr)?\/bin\/(\S+)$/gm)].map(([, name = '']) => name);
  // Package lists lack the first two, which are links, and in some versions the third.
  const essential = ['awk', 'which', ...listed.filter((name) => name !== 'sh')];
  return { copies: [...new Set([...essential.filter(findProgram), ...more])], links: { sh: 'dash' } };
}

/** Busybox with all of its applets, and `more`. */
export function busybox(more: readonly string[]): Programs {
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  const copies = ['busybox', ...more.filter((name) => !applets.includes(name))];
  return { copies, links: Object.fromEntries(applets.map((name) => [name, 'busybox'])) };
}

/**
 * Copies programs and sshd into the host with the root file system `rootPath`. A test may change the copies. Returns the
 * paths of this machine to mount for these programs. Throws if this machine does not have a program.
 */
export async function install(rootPath: string, { copies, links }: Programs): Promise<BindMount[]> {
  const lib = readdirSync('/usr/lib');
  const [loaders, libraries, python] = [/^ld-.*\.so/, /-linux-gnu$/, /^python3/].map((pattern) =>
    lib.filter((name) => pattern.test(name)).map((name) => join('/usr/lib', name)),
  ) as [string[], string[], string[]];
  await Promise.all([
    copy(copies.map(requiredPath), join(rootPath, 'usr/bin')),
    copy([requiredPath('sshd')], join(rootPath, 'usr/sbin')),
    copy(loaders, join(rootPath, 'usr/lib')),
  ]);
  for (const [name, program] of Object.entries(links)) symlinkSync(program, join(rootPath, 'usr/bin', name));
  const programFiles: Readonly<Record<string, readonly string[]>> = {
    fish: ['/usr/share/fish'],
    git: ['/usr/lib/git-core'],
    python3: python,
    zsh: ['/usr/share/zsh'],
  };
  const shared = ['/usr/lib64', '/usr/lib/openssh', '/usr/lib/terminfo', '/usr/lib/locale/C.utf8', ...libraries];
  // Skip the modules of Perl that are not in perl-base, and the files of Node.
  const hidden = libraries.flatMap((folder) => ['perl', 'perl5', 'nodejs'].map((name) => join(folder, name)));
  return [
    ...[...shared, ...copies.flatMap((name) => programFiles[name] ?? [])].map((path) => [path, path] as const),
    ...hidden.map((path) => ['/media/var/empty', path] as const),
  ].filter(([, path]) => existsSync(path));
}

async function copy(files: readonly string[], folder: string): Promise<void> {
  if (files.length) await run('cp', ['-L', '-t', folder, ...files]);
}

/** The path of a program of this machine. Throws if it does not exist. */
function requiredPath(name: string): string {
  const path = findProgram(name);
  if (!path) throw new Error(`there is no ${name} on this machine for a host`);
  return path;
}

/** The path of a program of this machine, in the system's directories only. */
function findProgram(name: string): string | undefined {
  return ['/usr/bin', '/usr/sbin'].map((folder) => join(folder, name)).find(existsSync);
}
