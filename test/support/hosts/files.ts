/** Creates the root file system of a host. */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../wp.ts';
import type { BindMount } from './namespaces.ts';
import { busybox, debian, install } from './programs.ts';

const runFile = promisify(execFile);

/** The users of all hosts. The group id of a user equals the user id. */
export const users = { root: { uid: 0, home: '/root' }, ada: { uid: 1000, home: '/home/ada' } } as const;

export type UserName = keyof typeof users;

/**
 * The system of a host: everything on this machine, with Node and webpipe (`full`), the essential packages of Debian
 * (`debian`), or busybox and its applets (`busybox`).
 */
export type System = 'full' | 'debian' | 'busybox';

export interface HostContents {
  readonly name: string;
  readonly system: System;
  /** Further programs to install. */
  readonly tools: readonly string[];
  /** The login shell. */
  readonly shell: string;
  /** The lines of /etc/hosts. */
  readonly hosts: readonly string[];
}

const FOLDERS =
  'dev/pts etc/ssh home mnt old opt proc root run/sshd sys usr/bin usr/lib usr/local/bin usr/sbin var/empty var/lib var/log';
const WORLD_WRITABLE = 'dev/shm tmp var/tmp';

/** Creates the files of a host in `rootPath`. Returns the paths of this machine to mount on it. */
export async function createRoot(rootPath: string, host: HostContents): Promise<BindMount[]> {
  for (const folder of `${FOLDERS} ${WORLD_WRITABLE}`.split(' '))
    mkdirSync(join(rootPath, folder), { recursive: true });
  for (const folder of WORLD_WRITABLE.split(' ')) chmodSync(join(rootPath, folder), 0o1777);
  // This repository may be below /root, and ada must be able to read it.
  chmodSync(join(rootPath, 'root'), host.system === 'full' ? 0o711 : 0o700);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(rootPath, name));
  symlinkSync('../run', join(rootPath, 'var/run'));
  symlinkSync('pts/ptmx', join(rootPath, 'dev/ptmx'));
  symlinkSync('/proc/self/fd', join(rootPath, 'dev/fd'));
  for (const [n, name] of ['stdin', 'stdout', 'stderr'].entries())
    symlinkSync(`/proc/self/fd/${n}`, join(rootPath, 'dev', name));
  const bindMounts = await systems[host.system](rootPath, [...host.tools, host.shell]);
  writeEtc(rootPath, host);
  for (const { uid, home } of Object.values(users)) {
    const sshFolder = join(rootPath, home, '.ssh');
    mkdirSync(sshFolder, { recursive: true, mode: 0o700 });
    for (const folder of [join(sshFolder, '..'), sshFolder]) chownSync(folder, uid, uid);
  }
  return bindMounts;
}

/** Writes files into the ~/.ssh of a user. */
export function writeSshFiles(rootPath: string, user: UserName, files: Readonly<Record<string, string>>): void {
  const { uid, home } = users[user];
  for (const [name, text] of Object.entries(files)) {
    const path = join(rootPath, home, '.ssh', name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, uid);
  }
}

/** Writes the files in /etc that name the host, its users and the other hosts. */
function writeEtc(rootPath: string, { name, shell, hosts }: HostContents): void {
  const passwdLine = (userName: string, id: number, home: string, program: string) =>
    `${userName}:*:${id}:${id}:${userName}:${home}:${program}\n`;
  const withoutLogin = (userName: string, id: number) => passwdLine(userName, id, '/nonexistent', '/usr/sbin/nologin');
  const loginShell = `/bin/${shell}`;
  const userEntries = Object.entries(users);
  const groupIds = {
    tty: 5,
    sshd: 100,
    nogroup: 65534,
    ...Object.fromEntries(userEntries.map(([userName, { uid }]) => [userName, uid])),
  };
  const etc = {
    passwd: [
      ...userEntries.map(([userName, { uid, home }]) => passwdLine(userName, uid, home, loginShell)),
      withoutLogin('sshd', 100),
      withoutLogin('nobody', 65534),
    ].join(''),
    group: Object.entries(groupIds)
      .map(([group, id]) => `${group}:*:${id}:\n`)
      .join(''),
    shells: `${loginShell}\n`,
    hostname: `${name}\n`,
    hosts: `127.0.0.1 localhost\n::1 localhost\n${hosts.join('\n')}\n`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  for (const [file, text] of Object.entries(etc)) writeFileSync(join(rootPath, 'etc', file), text);
}

const systems: Readonly<Record<System, (rootPath: string, more: readonly string[]) => Promise<BindMount[]>>> = {
  full: (rootPath) => full(rootPath),
  debian: (rootPath, more) => install(rootPath, debian(more)),
  busybox: (rootPath, more) => install(rootPath, busybox(more)),
};

/** All programs of this machine, read-only, and `node` and `wp` as on a machine with webpipe installed. */
async function full(rootPath: string): Promise<BindMount[]> {
  const settings =
    'alternatives bash.bashrc chromium chromium.d fish fonts ld.so.cache localtime matplotlibrc mime.types profile R ssl zsh';
  const existingSettings = settings
    .split(' ')
    .map((name) => join('/etc', name))
    .filter(existsSync);
  await runFile('cp', ['-a', ...existingSettings, join(rootPath, 'etc')]);
  mkdirSync(join(rootPath, 'opt/bin'));
  symlinkSync(join(root, 'wp'), join(rootPath, 'opt/bin/wp'));
  writeFileSync(join(rootPath, 'opt/bin/node'), '');
  return [
    ['/usr', '/usr'],
    ['/media/opt/bin', '/usr/local/bin'],
    [process.execPath, '/usr/local/bin/node'],
    [root, root],
  ];
}
