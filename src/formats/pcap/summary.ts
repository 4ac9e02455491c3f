import { eachPacket, type Packet } from './blocks.ts';

/** Packets and bytes of one kind. */
export interface Count {
  packets: number;
  bytes: number;
}

export interface Summary {
  readonly packets: number;
  readonly bytes: number;
  /** Seconds since 1970; undefined where no packet says its time. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** By protocol, the more packets the earlier; by pairs of addresses, the more bytes the earlier. */
  readonly protocols: readonly (readonly [string, Count])[];
  readonly pairs: readonly (readonly [string, Count])[];
  /** Pairs for which there was no room. */
  readonly left: number;
  /** What is wrong with the file, one sentence. */
  readonly problem: string | undefined;
}

const MAX_PAIRS = 20_000;
const LINKS: Readonly<Record<number, string>> = {
  0: 'loopback',
  1: 'Ethernet',
  101: 'IP',
  105: 'Wi-Fi',
  113: 'Linux cooked',
  127: 'Wi-Fi',
  276: 'Linux cooked',
  12: 'IP',
  189: 'USB',
  220: 'USB',
  147: 'user 0',
  201: 'Bluetooth',
};
const TYPES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  34525: 'IPv6',
  2054: 'ARP',
  35020: 'LLDP',
  34915: 'PPPoE',
  34916: 'PPPoE',
  34887: 'MPLS',
};
const INSIDE: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  50: 'ESP',
  58: 'ICMPv6',
  89: 'OSPF',
  132: 'SCTP',
};

/** What a capture holds, by the headers of its packets. */
export function summarise(path: string): Summary {
  const protocols = new Map<string, Count>();
  const pairs = new Map<string, Count>();
  let [packets, bytes, left] = [0, 0, 0];
  let [first, last] = [Infinity, -Infinity];
  const problem = eachPacket(path, (packet) => {
    packets++;
    bytes += packet.length;
    if (!Number.isNaN(packet.time)) {
      first = Math.min(first, packet.time);
      last = Math.max(last, packet.time);
    }
    const { protocol, pair } = dissect(packet);
    count(protocols, protocol, packet.length);
    if (pair === undefined) return;
    if (pairs.size >= MAX_PAIRS && !pairs.has(pair)) left++;
    else count(pairs, pair, packet.length);
  });
  return {
    packets,
    bytes,
    first: first === Infinity ? undefined : first,
    last: last === -Infinity ? undefined : last,
    protocols: [...protocols].sort(([, a], [, b]) => b.packets - a.packets),
    pairs: [...pairs].sort(([, a], [, b]) => b.bytes - a.bytes),
    left,
    problem,
  };
}

function count(counts: Map<string, Count>, key: string, bytes: number): void {
  const known = counts.get(key);
  if (known) {
    known.packets++;
    known.bytes += bytes;
  } else counts.set(key, { packets: 1, bytes });
}

/** The protocol of a packet as far as addresses and ports go, and who talked to whom. */
function dissect({ bytes, link }: Packet): { protocol: string; pair?: string } {
  const name = LINKS[link] ?? `link type ${link}`;
  let [at, type] = [0, -1];
  if (link === 1) [at, type] = [14, word(bytes, 12)];
  else if (link === 113) [at, type] = [16, word(bytes, 14)];
  else if (link === 276) [at, type] = [20, word(bytes, 0)];
  else if (link === 101 || link === 12 || link === 0) {
    at = link === 0 ? 4 : 0;
    type = (bytes[at] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  }
  for (let tags = 0; (type === 0x8100 || type === 0x88a8) && tags < 4; tags++)
    [at, type] = [at + 4, word(bytes, at + 2)];
  if (type < 0) return { protocol: name };
  if (type === 0x0800 && bytes.length >= at + 20) {
    const inside = bytes[at + 9] ?? 0;
    const [a, b] = [at + 12, at + 16].map((place) => [...bytes.subarray(place, place + 4)].join('.'));
    return talk('IPv4', inside, a ?? '', b ?? '', bytes, at + ((bytes[at] ?? 0) & 15) * 4);
  }
  if (type === 0x86dd && bytes.length >= at + 40) {
    const [a, b] = [at + 8, at + 24].map((place) => `[${address(bytes, place)}]`);
    return talk('IPv6', bytes[at + 6] ?? 0, a ?? '', b ?? '', bytes, at + 40);
  }
  if (link === 1 && type < 0x600) return { protocol: 'IEEE 802.3' };
  return { protocol: TYPES[type] ?? `type 0x${type.toString(16).padStart(4, '0')}` };
}

function talk(
  version: string,
  inside: number,
  a: string,
  b: string,
  bytes: Buffer,
  at: number,
): { protocol: string; pair: string } {
  const name = INSIDE[inside] ?? `protocol ${inside}`;
  const ports = (inside === 6 || inside === 17) && bytes.length >= at + 4;
  const [from, to] = ports ? [`${a}:${word(bytes, at)}`, `${b}:${word(bytes, at + 2)}`] : [a, b];
  // Both directions are one conversation.
  return { protocol: `${version} ${name}`, pair: `${name} ${from < to ? `${from} ↔ ${to}` : `${to} ↔ ${from}`}` };
}

function word(bytes: Buffer, at: number): number {
  return at + 2 <= bytes.length ? bytes.readUInt16BE(at) : -1;
}

/** An IPv6 address, its longest row of zeros left out. */
function address(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => word(bytes, at + i * 2).toString(16)).join(':');
  const zeros = [...groups.matchAll(/(?:^|:)0(?::0)+(?:$|:)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  return zeros ? `${groups.slice(0, zeros.index)}::${groups.slice(zeros.index + zeros[0].length)}` : groups;
}
