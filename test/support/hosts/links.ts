/**
 * The links between hosts. Each goes through another namespace, the switch, where it can be cut without a trace on the
 * hosts.
 */
import { join } from 'node:path';
import { type Process, start, within } from '../wp.ts';
import { createNetNamespace, firstLine } from './namespaces.ts';

const relay = join(import.meta.dirname, 'slow.py');

/** A host as an endpoint of links. */
export interface End {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
}

export interface Line {
  /** How long a packet takes, each way, milliseconds. */
  readonly delay?: number;
  /** The throughput each way, bytes per second. */
  readonly rate?: number;
}

export interface Links {
  /** Sets the state of the link between `a` and `b`: up, slow, or cut. */
  join(a: string, b: string, by: 'wire' | Line | undefined): Promise<void>;
  /** Cuts all links of a host. */
  leave(name: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * Creates the links between hosts. Each host has one address, with a route to it over each of its links and none
 * through other hosts.
 */
export async function makeLinks(ends: readonly End[], pairs: readonly (readonly [string, string])[]): Promise<Links> {
  const indexOf = (name: string) => ends.findIndex((end) => end.name === name);
  const links = pairs.map(([a, b], n) => ({ n, ends: [indexOf(a), indexOf(b)] as const }));
  const wires: string[] = [];
  const ways = ends.map(() => ['link set lo up']);
  for (const { n, ends: both } of links) {
    wires.push(`link add name wire${n} type bridge`, `link set wire${n} up`);
    for (const [side, here] of both.entries()) {
      const there = both[1 - side]!;
      const [end, peer] = [ends[here], ends[there]];
      if (!end || !peer) throw new Error(`a link of unknown hosts: ${pairs[n]?.join(', ')}`);
      const port = `to-${peer.name}`;
      wires.push(
        `link add name port${n}-${side} type veth peer name ${port} address ${mac(here)} netns ${end.pid}`,
        `link set port${n}-${side} master wire${n} up`,
      );
      ways[here]?.push(
        `link set ${port} up`,
        `addr add ${end.address} peer ${peer.address} dev ${port}`,
        // With ARP, a cut link would cause "No route to host", unlike a network with routers.
        `neigh replace ${peer.address} lladdr ${mac(there)} dev ${port} nud permanent`,
      );
    }
  }
  const middle = await createNetNamespace();
  try {
    await ip(middle.pid, wires);
    await Promise.all(ends.map(({ pid }, n) => ip(pid, ways[n] ?? [])));
  } catch (error) {
    middle.child.stdin?.end();
    throw error;
  }
  const lines = new Map<number, Process>();
  const made: Links = {
    join: async (a, b, by) => {
      const pair = [indexOf(a), indexOf(b)];
      const n = links.findIndex(({ ends: both }) => both.every((end) => pair.includes(end)));
      if (n < 0) throw new Error(`there is no link of ${a} and ${b}`);
      const ports = [`port${n}-0`, `port${n}-1`];
      lines.get(n)?.child.stdin?.end();
      await lines.get(n)?.ended;
      lines.delete(n);
      await ip(
        middle.pid,
        ports.map((port) => `link set ${port} ${by === 'wire' ? `master wire${n}` : 'nomaster'}`),
      );
      if (!by || by === 'wire') return;
      const figures = [`${(by.delay ?? 0) / 1000}`, `${by.rate ?? 0}`];
      const args = ['-t', `${middle.pid}`, '--net', '/usr/bin/python3', relay, ...ports, ...figures];
      const line = start('nsenter', args, { dir: '/', input: 'open' });
      lines.set(n, line);
      await firstLine(line, /^passing$/m);
    },
    leave: async (name) => {
      await Promise.all(pairs.filter((pair) => pair.includes(name)).map(([a, b]) => made.join(a, b, undefined)));
    },
    end: async () => {
      for (const process of [...lines.values(), middle]) process.child.stdin?.end();
      await within(Promise.all([...lines.values(), middle].map(({ ended }) => ended)), 'the end of the links');
    },
  };
  return made;
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
