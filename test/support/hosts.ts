/** Simulated machines for tests: Linux namespaces, each with a real sshd. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEachFile } from './cleanup.ts';
import { createRoot, type System, users, writeSshFiles } from './hosts/files.ts';
import { type Host, makeHost } from './hosts/host.ts';
import { type LinkSpeed, makeLinks } from './hosts/links.ts';
import { createNamespaces, firstLine, type HostNamespaces } from './hosts/namespaces.ts';
import { clientFiles, makeKeyPair, sshdConfig } from './hosts/ssh.ts';

/** Whether hosts can be created here. This needs root, Linux with bridges, ip, unshare, nsenter and OpenSSH. */
export const canMakeHosts: boolean = hasHostPrograms();

/** Tries what `makeHosts` needs, in namespaces of its own. */
function hasHostPrograms(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/sshd')) return false;
  const line =
    '[ -h /bin ] && ip link add name wire type bridge && mount -t tmpfs tmpfs /media && mount -t proc proc /media &&' +
    ' for tool in nsenter pivot_root perl ssh ssh-keygen; do command -v $tool || exit; done';
  const namespaces = ['--net', '--uts', '--ipc', '--mount', '--pid'];
  return spawnSync('unshare', [...namespaces, '--fork', 'sh', '-c', line], { stdio: 'ignore' }).status === 0;
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
  slow(a: Name, b: Name, speed: LinkSpeed): Promise<void>;
  /** Ends all hosts. This also happens after the tests of the file, and by the kernel if this process is killed. */
  close(): Promise<void>;
}

const closeFunctions = new Set<() => Promise<void>>();
const closeAll = () => Promise.all([...closeFunctions].map((close) => close()));
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
    closeFunctions.delete(close);
    await Promise.all(ends.splice(0).map((end) => end()));
  };
  closeFunctions.add(close);
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
    const hostLines = plans.map(({ address, name }) => `${address} ${name}`);
    const linksReady = makeLinks(plans, pairs).then((links) => {
      ends.push(links.end);
      return links;
    });
    const [links, prepared] = await all([linksReady, all(plans.map((host) => createFiles(host, hostLines)))]);
    const hosts = await all(
      prepared.map(async (host) => {
        const sshd = await bootHost(host, prepared);
        const { name, address, shell, namespaces } = host;
        const end = () => links.cutAll(name).then(namespaces.end);
        return [
          name,
          makeHost({ name, address, shell, namespaces, end, sshdLog: () => sshd?.stderr() ?? '' }),
        ] as const;
      }),
    );
    return {
      hosts: Object.fromEntries(hosts) as Record<Name, Host>,
      cut: (a, b) => links.setState(a, b, undefined),
      mend: (a, b) => links.setState(a, b, 'up'),
      slow: links.setState,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Like `Promise.all`, but if one fails it waits for the others before it throws. */
async function all<T extends readonly unknown[]>(promises: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
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
async function createFiles(host: Plan, hostLines: readonly string[]) {
  const { rootPath } = host.namespaces;
  const bindMounts = await createRoot(rootPath, { ...host, hosts: hostLines });
  const privateKey = join(rootPath, users.ada.home, '.ssh/id_ed25519');
  const [key, userKey] = await Promise.all([
    makeKeyPair(join(rootPath, 'etc/ssh/ssh_host_ed25519_key')),
    host.client ? makeKeyPair(privateKey) : undefined,
  ]);
  if (userKey) for (const file of [privateKey, `${privateKey}.pub`]) chownSync(file, users.ada.uid, users.ada.uid);
  return { ...host, bindMounts, key, userKey };
}

/** Configures a host for the others, boots it and starts its sshd. */
async function bootHost(host: PreparedHost, all: readonly PreparedHost[]) {
  const { rootPath, boot, enter } = host.namespaces;
  const keys = all.flatMap(({ userKey }) => (userKey ? [`${userKey}\n`] : [])).join('');
  for (const user of ['root', 'ada'] as const) writeSshFiles(rootPath, user, { authorized_keys: keys });
  const servers = all.filter(({ sshd }) => sshd);
  if (host.client) writeSshFiles(rootPath, 'ada', clientFiles(servers, 'ada'));
  if (host.sshd) writeFileSync(join(rootPath, 'etc/ssh/sshd_config'), sshdConfig(host.sshd));
  await boot(host.bindMounts);
  if (!host.sshd) return undefined;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const sshd = enter(['/usr/sbin/sshd', '-D', '-e'], { uid: 0, cwd: '/', env });
  await firstLine(sshd, /Server listening on/);
  return sshd;
}
