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

const folders =
  'dev/pts etc/ssh home mnt old opt proc root run/sshd sys usr/bin usr/lib usr/local/bin usr/sbin var/empty var/lib var/log';
const open = 'dev/shm tmp var/tmp';

/** Creates the files of a host in `place`. Returns the paths of this machine that the host must see. */
export async function createRoot(place: string, host: HostContents): Promise<BindMount[]> {
  for (const folder of `${folders} ${open}`.split(' ')) mkdirSync(join(place, folder), { recursive: true });
  for (const folder of open.split(' ')) chmodSync(join(place, folder), 0o1777);
  // This repository may be below it, and ada must be able to reach it.
  chmodSync(join(place, 'root'), host.system === 'full' ? 0o711 : 0o700);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(place, name));
  symlinkSync('../run', join(place, 'var/run'));
  symlinkSync('pts/ptmx', join(place, 'dev/ptmx'));
  symlinkSync('/proc/self/fd', join(place, 'dev/fd'));
  for (const [n, name] of ['stdin', 'stdout', 'stderr'].entries())
    symlinkSync(`/proc/self/fd/${n}`, join(place, 'dev', name));
  const seen = await systems[host.system](place, [...host.tools, host.shell]);
  accounts(place, host);
  for (const { uid, home } of Object.values(users)) {
    const secret = join(place, home, '.ssh');
    mkdirSync(secret, { recursive: true, mode: 0o700 });
    for (const folder of [join(secret, '..'), secret]) chownSync(folder, uid, uid);
  }
  return seen;
}

/** Writes files into the ~/.ssh of a user. */
export function giveSsh(place: string, user: UserName, files: Readonly<Record<string, string>>): void {
  const { uid, home } = users[user];
  for (const [name, text] of Object.entries(files)) {
    const path = join(place, home, '.ssh', name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, uid);
  }
}

function accounts(place: string, { name, shell, hosts }: HostContents): void {
  const user = (userName: string, id: number, home: string, program: string) =>
    `${userName}:*:${id}:${id}:${userName}:${home}:${program}\n`;
  const nowhere = (userName: string, id: number) => user(userName, id, '/nonexistent', '/usr/sbin/nologin');
  const login = `/bin/${shell}`;
  const people = Object.entries(users);
  const ids = {
    tty: 5,
    sshd: 100,
    nogroup: 65534,
    ...Object.fromEntries(people.map(([userName, { uid }]) => [userName, uid])),
  };
  const etc = {
    passwd: [
      ...people.map(([userName, { uid, home }]) => user(userName, uid, home, login)),
      nowhere('sshd', 100),
      nowhere('nobody', 65534),
    ].join(''),
    group: Object.entries(ids)
      .map(([userName, id]) => `${userName}:*:${id}:\n`)
      .join(''),
    shells: `${login}\n`,
    hostname: `${name}\n`,
    hosts: `127.0.0.1 localhost\n::1 localhost\n${hosts.join('\n')}\n`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  for (const [file, text] of Object.entries(etc)) writeFileSync(join(place, 'etc', file), text);
}

const systems: Readonly<Record<System, (place: string, more: readonly string[]) => Promise<BindMount[]>>> = {
  full: (place) => full(place),
  debian: (place, more) => install(place, debian(more)),
  busybox: (place, more) => install(place, busybox(more)),
};

/** All programs of this machine, read-only, and `node` and `wp` as on a machine with webpipe installed. */
async function full(place: string): Promise<BindMount[]> {
  const settings =
    'alternatives bash.bashrc chromium chromium.d fish fonts ld.so.cache localtime matplotlibrc mime.types profile R ssl zsh';
  const there = settings
    .split(' ')
    .map((name) => join('/etc', name))
    .filter(existsSync);
  await runFile('cp', ['-a', ...there, join(place, 'etc')]);
  mkdirSync(join(place, 'opt/bin'));
  symlinkSync(join(root, 'wp'), join(place, 'opt/bin/wp'));
  writeFileSync(join(place, 'opt/bin/node'), '');
  return [
    ['/usr', '/usr'],
    ['/media/opt/bin', '/usr/local/bin'],
    [process.execPath, '/usr/local/bin/node'],
    [root, root],
  ];
}
