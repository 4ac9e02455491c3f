/**
 * The links between hosts. Each passes through a bridge in a separate network namespace, the switch. There it can be cut
 * without a change on the hosts.
 */
import { join } from 'node:path';
import { type Process, start, within } from '../wp.ts';
import { createNetNamespace, firstLine } from './namespaces.ts';

const slowRelay = join(import.meta.dirname, 'slow.py');

/** A host as an endpoint of links. */
export interface LinkEnd {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
}

export interface LinkSpeed {
  /** How long a packet takes, each way, milliseconds. */
  readonly delay?: number;
  /** The throughput each way, bytes per second. */
  readonly rate?: number;
}

export interface Links {
  /** Sets the state of the link between `a` and `b`: up, slow, or (undefined) cut. */
  setState(a: string, b: string, state: 'up' | LinkSpeed | undefined): Promise<void>;
  /** Cuts all links of a host. */
  cutAll(name: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * Creates the links between hosts. Each host has one address, with a route to it over each of its links and none
 * through other hosts.
 */
export async function makeLinks(
  ends: readonly LinkEnd[],
  pairs: readonly (readonly [string, string])[],
): Promise<Links> {
  const indexOf = (name: string) => ends.findIndex((end) => end.name === name);
  const links = pairs.map(([a, b], n) => ({ n, ends: [indexOf(a), indexOf(b)] as const }));
  const switchCommands: string[] = [];
  const hostCommands = ends.map(() => ['link set lo up']);
  for (const { n, ends: pairEnds } of links) {
    switchCommands.push(`link add name wire${n} type bridge`, `link set wire${n} up`);
    for (const [side, own] of pairEnds.entries()) {
      const other = pairEnds[1 - side]!;
      const [end, peer] = [ends[own], ends[other]];
      if (!end || !peer) throw new Error(`a link between unknown hosts: ${pairs[n]?.join(', ')}`);
      const port = `to-${peer.name}`;
      switchCommands.push(
        `link add name port${n}-${side} type veth peer name ${port} address ${mac(own)} netns ${end.pid}`,
        `link set port${n}-${side} master wire${n} up`,
      );
      hostCommands[own]?.push(
        `link set ${port} up`,
        `addr add ${end.address} peer ${peer.address} dev ${port}`,
        // With ARP, a cut link would cause "No route to host", unlike a network with routers.
        `neigh replace ${peer.address} lladdr ${mac(other)} dev ${port} nud permanent`,
      );
    }
  }
  const switchProcess = await createNetNamespace();
  try {
    await ip(switchProcess.pid, switchCommands);
    await Promise.all(ends.map(({ pid }, n) => ip(pid, hostCommands[n] ?? [])));
  } catch (error) {
    switchProcess.child.stdin?.end();
    throw error;
  }
  const slowRelays = new Map<number, Process>();
  const created: Links = {
    setState: async (a, b, state) => {
      const pair = [indexOf(a), indexOf(b)];
      const n = links.findIndex(({ ends: pairEnds }) => pairEnds.every((end) => pair.includes(end)));
      if (n < 0) throw new Error(`there is no link between ${a} and ${b}`);
      const ports = [`port${n}-0`, `port${n}-1`];
      slowRelays.get(n)?.child.stdin?.end();
      await slowRelays.get(n)?.ended;
      slowRelays.delete(n);
      await ip(
        switchProcess.pid,
        ports.map((port) => `link set ${port} ${state === 'up' ? `master wire${n}` : 'nomaster'}`),
      );
      if (!state || state === 'up') return;
      const speed = [`${(state.delay ?? 0) / 1000}`, `${state.rate ?? 0}`];
      const args = ['-t', `${switchProcess.pid}`, '--net', '/usr/bin/python3', slowRelay, ...ports, ...speed];
      const process = start('nsenter', args, { dir: '/', input: 'open' });
      slowRelays.set(n, process);
      await firstLine(process, /^passing$/m);
    },
    cutAll: async (name) => {
      await Promise.all(pairs.filter((pair) => pair.includes(name)).map(([a, b]) => created.setState(a, b, undefined)));
    },
    end: async () => {
      for (const process of [...slowRelays.values(), switchProcess]) process.child.stdin?.end();
      await within(
        Promise.all([...slowRelays.values(), switchProcess].map(({ ended }) => ended)),
        'the end of the links',
      );
    },
  };
  return created;
}

/** The MAC address of a host. */
const mac = (index: number) => `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`;

/** Runs commands of ip(8) in the network namespace of a process. */
async function ip(pid: number, commands: readonly string[]): Promise<void> {
  const input = `${commands.join('\n')}\n`;
  const { code, stderr } = await start('nsenter', ['-t', `${pid}`, '--net', 'ip', '-batch', '-'], { dir: '/', input })
    .ended;
  if (code !== 0) throw new Error(`ip: ${stderr}in ${input}`);
}
