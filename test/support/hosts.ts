/** Other machines for tests: hosts made of Linux namespaces, with a real sshd on each. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEachFile } from './cleanup.ts';
import { furnish, giveSsh, type System, users } from './hosts/files.ts';
import { type Host, makeHost } from './hosts/host.ts';
import { type Line, makeLinks } from './hosts/links.ts';
import { type Raised, raise, said } from './hosts/namespaces.ts';
import { clientFiles, makePair, sshdConfig } from './hosts/ssh.ts';

/** Whether hosts can be made here: by root, on Linux with bridges, with ip, unshare, nsenter and OpenSSH. */
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
  /** What is installed; `debian` without. */
  readonly system?: System;
  /** Programs of this machine that are there besides. Throws for one that this machine does not have. */
  readonly tools?: readonly string[];
  /** The login shell; bash without, sh on busybox. */
  readonly shell?: string;
  /** Lines for its sshd_config; `false` for a host where nobody can log in. */
  readonly sshd?: readonly string[] | false;
  /** Lines about this host in the ~/.ssh/config of the others, such as `ProxyJump bastion`. */
  readonly ssh?: readonly string[];
  /** Whether ada can log in on the others from here; without, it is so on `full` hosts. */
  readonly client?: boolean;
}

/**
 * Hosts and the network between them. The network is theirs alone: this machine is not in it, and so a test that
 * wants to be somewhere is on a host, the laptop of its story.
 */
export interface Hosts<Name extends string> {
  readonly hosts: Readonly<Record<Name, Host>>;
  /** From now on what is sent between two hosts is lost, silently, as when a network changes. */
  cut(a: Name, b: Name): Promise<void>;
  /** Undoes `cut` and `slow`. */
  mend(a: Name, b: Name): Promise<void>;
  /** Makes a link slow; what is under way when that begins is lost. */
  slow(a: Name, b: Name, line: Line): Promise<void>;
  /** Ends all. It is done after the tests of the file anyway, and by the kernel when this process is killed. */
  close(): Promise<void>;
}

const sets = new Set<() => Promise<void>>();
const closeAll = () => Promise.all([...sets].map((close) => close()));
afterEachFile(async () => {
  await closeAll();
});
// When vitest is killed, its process that runs these tests lives on for as long as it has children.
process.once('disconnect', () => void closeAll());

/**
 * Makes hosts that are linked, each with each or as `links` says.
 *
 * On a client (a full host, as a rule) `ssh NAME` logs in as ada on any other, and `ssh root@NAME` as root, without a
 * question. No host passes on what is meant for another, so without a link the way is a jump.
 *
 *     const { hosts: { laptop, remote } } = await makeHosts({ laptop: { system: 'full', sshd: false }, remote: {} });
 *     const { stdout } = await laptop.run(['ssh', 'remote', 'uname', '-n']);
 *
 * Names have at most 12 letters. When a host cannot be made it throws, and leaves nothing.
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
        const raised = await raise();
        ends.push(raised.end);
        return plan(name, `10.0.0.${n + 1}`, specs[name], raised);
      }),
    );
    const pairs = options.links ?? names.flatMap((a, n) => names.slice(n + 1).map((b) => [a, b] as const));
    const table = plans.map(({ address, name }) => `${address} ${name}`);
    const linking = makeLinks(plans, pairs).then((links) => {
      ends.push(links.end);
      return links;
    });
    const [links, furnished] = await all([linking, all(plans.map((one) => furnishOne(one, table)))]);
    const made = await all(
      furnished.map(async (one) => {
        const sshd = await bootOne(one, furnished);
        const { name, address, shell, raised } = one;
        const end = () => links.leave(name).then(raised.end);
        return [name, makeHost({ name, address, shell, raised, end, sshdLog: () => sshd?.stderr() ?? '' })] as const;
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

/** As `Promise.all`, but when one fails the others have come to an end too. */
async function all<T extends readonly unknown[]>(made: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(made);
  return (await Promise.all(made)) as unknown as T;
}

type Plan = ReturnType<typeof plan>;
type Furnished = Awaited<ReturnType<typeof furnishOne>>;

/** What a spec means. */
function plan(name: string, address: string, spec: HostSpec, raised: Raised) {
  const { system = 'debian', tools = [], sshd = [], ssh = [] } = spec;
  const shell = spec.shell ?? (system === 'busybox' ? 'sh' : 'bash');
  const client = spec.client ?? system === 'full';
  return { name, address, system, tools, shell, sshd, ssh, client, raised, pid: raised.pid };
}

/** Makes a host's files, and its keys. */
async function furnishOne(host: Plan, table: readonly string[]) {
  const { place } = host.raised;
  const seen = await furnish(place, { ...host, hosts: table });
  const secret = join(place, users.ada.home, '.ssh/id_ed25519');
  const [key, userKey] = await Promise.all([
    makePair(join(place, 'etc/ssh/ssh_host_ed25519_key')),
    host.client ? makePair(secret) : undefined,
  ]);
  if (userKey) for (const file of [secret, `${secret}.pub`]) chownSync(file, users.ada.uid, users.ada.uid);
  return { ...host, seen, key, userKey };
}

/** Lets a host know the others, boots it and starts its sshd. */
async function bootOne(host: Furnished, all: readonly Furnished[]) {
  const { place, boot, enter } = host.raised;
  const keys = all.flatMap(({ userKey }) => (userKey ? [`${userKey}\n`] : [])).join('');
  for (const user of ['root', 'ada'] as const) giveSsh(place, user, { authorized_keys: keys });
  const open = all.filter((one) => one.sshd);
  if (host.client) giveSsh(place, 'ada', clientFiles(open, 'ada'));
  if (host.sshd) writeFileSync(join(place, 'etc/ssh/sshd_config'), sshdConfig(host.sshd));
  await boot(host.seen);
  if (!host.sshd) return undefined;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const sshd = enter(['/usr/sbin/sshd', '-D', '-e'], { uid: 0, cwd: '/', env });
  await said(sshd, /Server listening on/);
  return sshd;
}
