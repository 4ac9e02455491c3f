/** Simulated machines for tests: Linux namespaces, each with a real sshd. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEachFile } from './cleanup.ts';
import { createRoot, giveSsh, type System, users } from './hosts/files.ts';
import { type Host, makeHost } from './hosts/host.ts';
import { type Line, makeLinks } from './hosts/links.ts';
import { createNamespaces, firstLine, type HostNamespaces } from './hosts/namespaces.ts';
import { clientFiles, makePair, sshdConfig } from './hosts/ssh.ts';

/** Whether hosts can be created here. This needs root, Linux with bridges, ip, unshare, nsenter and OpenSSH. */
export const canMakeHosts: boolean = tried();

function tried(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/sshd')) return false;
  const line =
    '[ -h /bin ] && ip link add name wire type bridge && mount -t tmpfs tmpfs /media && mount -t proc proc /media &&' +
    ' for tool in nsenter pivot_root perl ssh ssh-keygen; do command -v $tool || exit; done';
  const spaces = ['--net', '--uts', '--ipc', '--mount', '--pid'];
  return spawnSync('unshare', [...spaces, '--fork', 'sh', '-c', line], { stdio: 'ignore' }).status === 0;
}

export interface HostSpec {
  /** The installed system (default: `debian`). */
  readonly system?: System;
  /** Further programs of this machine to install. `makeHosts` throws if this machine does not have one. */
  readonly tools?: readonly string[];
  /** The login shell (default: bash, on busybox sh). */
  readonly shell?: string;
  /** Lines for its sshd_config; `false` for a host without sshd. */
  readonly sshd?: readonly string[] | false;
  /** Lines about this host in the ~/.ssh/config of the others, such as `ProxyJump bastion`. */
  readonly ssh?: readonly string[];
  /** Whether ada can log in from here to the other hosts (default: only on `full` hosts). */
  readonly client?: boolean;
}

/**
 * Hosts and the network between them. This machine is not in their network, so a test runs its commands on one of the
 * hosts.
 */
export interface Hosts<Name extends string> {
  readonly hosts: Readonly<Record<Name, Host>>;
  /** Silently drops everything sent between two hosts, as when a network changes. */
  cut(a: Name, b: Name): Promise<void>;
  /** Undoes `cut` and `slow`. */
  mend(a: Name, b: Name): Promise<void>;
  /** Makes a link slow. Packets in flight are lost. */
  slow(a: Name, b: Name, line: Line): Promise<void>;
  /** Ends all hosts. This also happens after the tests of the file, and by the kernel if this process is killed. */
  close(): Promise<void>;
}

const sets = new Set<() => Promise<void>>();
const closeAll = () => Promise.all([...sets].map((close) => close()));
afterEachFile(async () => {
  await closeAll();
});
// If vitest is killed, its worker process lives as long as it has children, so end it here.
process.once('disconnect', () => void closeAll());

/**
 * Creates hosts with links between all of them, or the given `links`.
 *
 * On a client, `ssh NAME` logs in as ada on any other host, and `ssh root@NAME` as root, without a password. Hosts do
 * not forward packets, so hosts without a link are reached by ProxyJump.
 *
 *     const { hosts: { laptop, remote } } = await makeHosts({ laptop: { system: 'full', sshd: false }, remote: {} });
 *     const { stdout } = await laptop.run(['ssh', 'remote', 'uname', '-n']);
 *
 * Names have at most 12 letters. If a host cannot be created, throws and removes everything.
 */
export async function makeHosts<const Name extends string>(
  specs: Readonly<Record<Name, HostSpec>>,
  options: { readonly links?: readonly (readonly [Name, Name])[] } = {},
): Promise<Hosts<Name>> {
  const ends: (() => Promise<void>)[] = [];
  const close = async () => {
    sets.delete(close);
    await Promise.all(ends.splice(0).map((end) => end()));
  };
  sets.add(close);
  try {
    const names = Object.keys(specs) as Name[];
    const plans = await all(
      names.map(async (name, n) => {
        const namespaces = await createNamespaces();
        ends.push(namespaces.end);
        return plan(name, `10.0.0.${n + 1}`, specs[name], namespaces);
      }),
    );
    const pairs = options.links ?? names.flatMap((a, n) => names.slice(n + 1).map((b) => [a, b] as const));
    const table = plans.map(({ address, name }) => `${address} ${name}`);
    const linksReady = makeLinks(plans, pairs).then((links) => {
      ends.push(links.end);
      return links;
    });
    const [links, furnished] = await all([linksReady, all(plans.map((one) => createFiles(one, table)))]);
    const made = await all(
      furnished.map(async (one) => {
        const sshd = await bootHost(one, furnished);
        const { name, address, shell, namespaces } = one;
        const end = () => links.leave(name).then(namespaces.end);
        return [
          name,
          makeHost({ name, address, shell, namespaces, end, sshdLog: () => sshd?.stderr() ?? '' }),
        ] as const;
      }),
    );
    return {
      hosts: Object.fromEntries(made) as Record<Name, Host>,
      cut: (a, b) => links.join(a, b, undefined),
      mend: (a, b) => links.join(a, b, 'wire'),
      slow: links.join,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Like `Promise.all`, but if one fails it waits for the others before it throws. */
async function all<T extends readonly unknown[]>(made: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(made);
  return (await Promise.all(made)) as unknown as T;
}

type Plan = ReturnType<typeof plan>;
type PreparedHost = Awaited<ReturnType<typeof createFiles>>;

/** Resolves the defaults of a spec. */
function plan(name: string, address: string, spec: HostSpec, namespaces: HostNamespaces) {
  const { system = 'debian', tools = [], sshd = [], ssh = [] } = spec;
  const shell = spec.shell ?? (system === 'busybox' ? 'sh' : 'bash');
  const client = spec.client ?? system === 'full';
  return { name, address, system, tools, shell, sshd, ssh, client, namespaces, pid: namespaces.pid };
}

/** Creates the files and the keys of a host. */
async function createFiles(host: Plan, table: readonly string[]) {
  const { rootPath: place } = host.namespaces;
  const seen = await createRoot(place, { ...host, hosts: table });
  const secret = join(place, users.ada.home, '.ssh/id_ed25519');
  const [key, userKey] = await Promise.all([
    makePair(join(place, 'etc/ssh/ssh_host_ed25519_key')),
    host.client ? makePair(secret) : undefined,
  ]);
  if (userKey) for (const file of [secret, `${secret}.pub`]) chownSync(file, users.ada.uid, users.ada.uid);
  return { ...host, seen, key, userKey };
}

/** Configures a host for the others, boots it and starts its sshd. */
async function bootHost(host: PreparedHost, all: readonly PreparedHost[]) {
  const { rootPath: place, boot, enter } = host.namespaces;
  const keys = all.flatMap(({ userKey }) => (userKey ? [`${userKey}\n`] : [])).join('');
  for (const user of ['root', 'ada'] as const) giveSsh(place, user, { authorized_keys: keys });
  const open = all.filter((one) => one.sshd);
  if (host.client) giveSsh(place, 'ada', clientFiles(open, 'ada'));
  if (host.sshd) writeFileSync(join(place, 'etc/ssh/sshd_config'), sshdConfig(host.sshd));
  await boot(host.seen);
  if (!host.sshd) return undefined;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const sshd = enter(['/usr/sbin/sshd', '-D', '-e'], { uid: 0, cwd: '/', env });
  await firstLine(sshd, /Server listening on/);
  return sshd;
}
