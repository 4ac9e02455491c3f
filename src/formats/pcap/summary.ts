import { eachPacket, type Packet } from './read-packets.ts';

/** The number of packets and bytes of a protocol or a conversation. */
export interface Count {
  packets: number;
  bytes: number;
}

export interface Summary {
  readonly packets: number;
  readonly bytes: number;
  /** Time of the first and of the last packet, seconds since 1970; undefined if no packet has a time. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Counts by protocol, sorted by packets, and by pairs of addresses, sorted by bytes. */
  readonly protocols: readonly (readonly [string, Count])[];
  readonly pairs: readonly (readonly [string, Count])[];
  /** The number of packets of pairs that are not listed, because the capture has too many pairs. */
  readonly omittedPackets: number;
  /** A sentence that describes a fault in the file. */
  readonly problem: string | undefined;
}

const MAX_PAIRS = 20_000;
/** Names of link types: https://www.tcpdump.org/linktypes.html */
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
const ETHER_TYPES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  34525: 'IPv6',
  2054: 'ARP',
  35020: 'LLDP',
  34915: 'PPPoE',
  34916: 'PPPoE',
  34887: 'MPLS',
};
const TRANSPORTS: Readonly<Record<number, string>> = {
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

/** Summarises a capture by the headers of its packets. */
export function summarise(path: string): Summary {
  const protocols = new Map<string, Count>();
  const pairs = new Map<string, Count>();
  let [packets, bytes, omittedPackets] = [0, 0, 0];
  let [first, last] = [Infinity, -Infinity];
  const problem = eachPacket(path, (packet) => {
    packets++;
    bytes += packet.length;
    if (!Number.isNaN(packet.time)) {
      first = Math.min(first, packet.time);
      last = Math.max(last, packet.time);
    }
    const { protocol, pair } = protocolOf(packet);
    count(protocols, protocol, packet.length);
    if (pair === undefined) return;
    if (pairs.size >= MAX_PAIRS && !pairs.has(pair)) omittedPackets++;
    else count(pairs, pair, packet.length);
  });
  return {
    packets,
    bytes,
    first: first === Infinity ? undefined : first,
    last: last === -Infinity ? undefined : last,
    protocols: [...protocols].sort(([, a], [, b]) => b.packets - a.packets),
    pairs: [...pairs].sort(([, a], [, b]) => b.bytes - a.bytes),
    omittedPackets,
    problem,
  };
}

function count(counts: Map<string, Count>, key: string, bytes: number): void {
  const existing = counts.get(key);
  if (existing) {
    existing.packets++;
    existing.bytes += bytes;
  } else counts.set(key, { packets: 1, bytes });
}

/** The protocol of a packet, up to the transport layer, and its pair of addresses. */
function protocolOf({ bytes, link }: Packet): { protocol: string; pair?: string } {
  const name = LINKS[link] ?? `link type ${link}`;
  let [offset, type] = [0, -1];
  if (link === 1) [offset, type] = [14, word(bytes, 12)];
  else if (link === 113) [offset, type] = [16, word(bytes, 14)];
  else if (link === 276) [offset, type] = [20, word(bytes, 0)];
  else if (link === 101 || link === 12 || link === 0) {
    offset = link === 0 ? 4 : 0;
    type = (bytes[offset] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  }
  for (let tags = 0; (type === 0x8100 || type === 0x88a8) && tags < 4; tags++)
    [offset, type] = [offset + 4, word(bytes, offset + 2)];
  if (type < 0) return { protocol: name };
  if (type === 0x0800 && bytes.length >= offset + 20) {
    const transport = bytes[offset + 9] ?? 0;
    const [a, b] = [offset + 12, offset + 16].map((position) => [...bytes.subarray(position, position + 4)].join('.'));
    return conversation('IPv4', transport, a ?? '', b ?? '', bytes, offset + ((bytes[offset] ?? 0) & 15) * 4);
  }
  if (type === 0x86dd && bytes.length >= offset + 40) {
    const [a, b] = [offset + 8, offset + 24].map((position) => `[${address(bytes, position)}]`);
    return conversation('IPv6', bytes[offset + 6] ?? 0, a ?? '', b ?? '', bytes, offset + 40);
  }
  if (link === 1 && type < 0x600) return { protocol: 'IEEE 802.3' };
  return { protocol: ETHER_TYPES[type] ?? `type 0x${type.toString(16).padStart(4, '0')}` };
}

function conversation(
  version: string,
  transport: number,
  a: string,
  b: string,
  bytes: Buffer,
  offset: number,
): { protocol: string; pair: string } {
  const name = TRANSPORTS[transport] ?? `protocol ${transport}`;
  const ports = (transport === 6 || transport === 17) && bytes.length >= offset + 4;
  const [from, to] = ports ? [`${a}:${word(bytes, offset)}`, `${b}:${word(bytes, offset + 2)}`] : [a, b];
  // Both directions belong to the same conversation.
  return { protocol: `${version} ${name}`, pair: `${name} ${from < to ? `${from} ↔ ${to}` : `${to} ↔ ${from}`}` };
}

function word(bytes: Buffer, offset: number): number {
  return offset + 2 <= bytes.length ? bytes.readUInt16BE(offset) : -1;
}

/** An IPv6 address, with the longest run of zeros shortened to `::`. */
function address(bytes: Buffer, offset: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => word(bytes, offset + i * 2).toString(16)).join(':');
  const zeros = [...groups.matchAll(/(?:^|:)0(?::0)+(?:$|:)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  return zeros ? `${groups.slice(0, zeros.index)}::${groups.slice(zeros.index + zeros[0].length)}` : groups;
}
