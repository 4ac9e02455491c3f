import { closeSync, openSync, readSync } from 'node:fs';

/** A packet as it was captured. */
export interface Packet {
  /** Seconds since 1970. */
  readonly time: number;
  /** Bytes that it had on the wire, and the first of them, which were kept. */
  readonly length: number;
  readonly bytes: Buffer;
  /** What the bytes begin with, by the list of libpcap: 1 is Ethernet. */
  readonly link: number;
}

const PIECE = 1024 * 1024;
/** No block and no packet is larger. */
const MAX_BLOCK = 16 * 1024 * 1024;
const TIME = 30_000;

/**
 * Gives the packets of a capture, pcap or pcapng, one after another; their bytes are valid only until the next. Gives a
 * sentence for people where the file is not whole or not right; what came before that has been given.
 */
export function eachPacket(path: string, onPacket: (packet: Packet) => void): string | undefined {
  const source = openSource(path);
  const until = Date.now() + TIME;
  try {
    const magic = source.peek(4)?.toString('hex') ?? '';
    if (magic === '0a0d0d0a') return readBlocks(source, onPacket, until);
    const little = magic === 'd4c3b2a1' || magic === '4d3cb2a1';
    const nano = magic === '4d3cb2a1' || magic === 'a1b23c4d';
    const header = source.take(24);
    if (!header || !(little || nano || magic === 'a1b2c3d4')) return 'This is not a capture of packets.';
    const number = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
    const link = number(header, 20) & 0xffff;
    for (;;) {
      const at = source.offset;
      const head = source.take(16);
      if (!head) return source.left > 0 ? cut(at) : undefined;
      const kept = number(head, 8);
      if (kept > MAX_BLOCK) return `The packet at byte ${at} cannot be right; what follows is left out.`;
      const time = number(head, 0) + number(head, 4) / (nano ? 1e9 : 1e6);
      const length = number(head, 12);
      const bytes = source.take(kept);
      if (!bytes) return cut(at);
      onPacket({ time, length, bytes, link });
      if (Date.now() > until) return late(source.offset);
    }
  } finally {
    source.close();
  }
}

/** pcapng: sections of blocks; interfaces say how their packets begin and in which unit their times are. */
function readBlocks(source: Source, onPacket: (packet: Packet) => void, until: number): string | undefined {
  let little = true;
  let interfaces: { link: number; second: number }[] = [];
  for (;;) {
    const at = source.offset;
    const start = source.peek(12);
    if (!start) return source.left > 0 ? cut(at) : undefined;
    const isSection = start.readUInt32LE(0) === 0x0a0d0d0a;
    if (isSection) little = start.readUInt32LE(8) === 0x1a2b3c4d;
    const number = (bytes: Buffer, place: number) => (little ? bytes.readUInt32LE(place) : bytes.readUInt32BE(place));
    const size = number(start, 4);
    if (size < 12 || size > MAX_BLOCK || size % 4 !== 0)
      return `The block at byte ${at} cannot be right; what follows is left out.`;
    const block = source.take(size);
    if (!block) return cut(at);
    const type = number(start, 0);
    if (isSection) interfaces = [];
    else if (type === 1 && size >= 20) {
      const link = little ? block.readUInt16LE(8) : block.readUInt16BE(8);
      interfaces.push({ link, second: resolution(block, little) });
    } else if (type === 6 && size >= 32) {
      const { link, second } = interfaces[number(block, 8)] ?? { link: 1, second: 1e6 };
      const time = (number(block, 12) * 2 ** 32 + number(block, 16)) / second;
      const kept = Math.min(number(block, 20), size - 32);
      onPacket({ time, length: number(block, 24), bytes: block.subarray(28, 28 + kept), link });
    } else if (type === 3 && size >= 16) {
      const bytes = block.subarray(12, size - 4);
      onPacket({ time: Number.NaN, length: number(block, 8), bytes, link: interfaces[0]?.link ?? 1 });
    }
    if (Date.now() > until) return late(source.offset);
  }
}

/** How many units of time an interface's second has: its option 9, else a million. */
function resolution(block: Buffer, little: boolean): number {
  const number = (place: number) => (little ? block.readUInt16LE(place) : block.readUInt16BE(place));
  for (let at = 16; at + 4 <= block.length - 4; ) {
    const [code, length] = [number(at), number(at + 2)];
    if (code === 0) break;
    const value = block[at + 4] ?? 6;
    if (code === 9) return value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return 1e6;
}

const cut = (at: number): string => `The file ends within the packet at byte ${at}.`;
const late = (at: number): string => `Only the first ${at} bytes were read: the file is very large.`;

interface Source {
  readonly offset: number;
  /** Bytes that are there and were not taken. */
  readonly left: number;
  peek(length: number): Buffer | undefined;
  /** The next bytes, valid until the next call; undefined where there are not so many. */
  take(length: number): Buffer | undefined;
  close(): void;
}

function openSource(path: string): Source {
  const file = openSync(path, 'r');
  let buffer = Buffer.alloc(PIECE);
  let [from, to, offset] = [0, 0, 0];
  const peek = (length: number): Buffer | undefined => {
    if (to - from < length) {
      const wanted = Buffer.alloc(Math.max(PIECE, length));
      buffer.copy(wanted, 0, from, to);
      [buffer, from, to] = [wanted, 0, to - from];
      for (let count = 1; count > 0 && to < buffer.length; to += count)
        count = readSync(file, buffer, to, buffer.length - to, null);
    }
    return to - from < length ? undefined : buffer.subarray(from, from + length);
  };
  return {
    get offset() {
      return offset;
    },
    get left() {
      return to - from;
    },
    peek,
    take(length) {
      const bytes = peek(length);
      if (!bytes) return undefined;
      from += length;
      offset += length;
      return bytes;
    },
    close: () => closeSync(file),
  };
}
