import { closeSync, openSync, readSync } from 'node:fs';

/** A captured packet. */
export interface Packet {
  /** Seconds since 1970. */
  readonly time: number;
  /** Length on the wire, and the captured bytes, which may be fewer. */
  readonly length: number;
  readonly bytes: Buffer;
  /** Link type, as in https://www.tcpdump.org/linktypes.html: 1 is Ethernet. */
  readonly link: number;
}

const CHUNK_SIZE = 1024 * 1024;
/** Largest block or packet that is accepted, bytes. */
const MAX_BLOCK = 16 * 1024 * 1024;
const TIME_LIMIT = 30_000;

/**
 * Calls `onPacket` for each packet of a capture (pcap or pcapng). The bytes of a packet are valid only during the call.
 * @returns a sentence for users if the file is incomplete or damaged, or takes too long to read
 */
export function eachPacket(path: string, onPacket: (packet: Packet) => void): string | undefined {
  const source = openSource(path);
  const deadline = Date.now() + TIME_LIMIT;
  try {
    const magic = source.peek(4)?.toString('hex') ?? '';
    if (magic === '0a0d0d0a') return readBlocks(source, onPacket, deadline);
    const littleEndian = magic === 'd4c3b2a1' || magic === '4d3cb2a1';
    const isNanosecond = magic === '4d3cb2a1' || magic === 'a1b23c4d';
    const header = source.take(24);
    if (!header || !(littleEndian || isNanosecond || magic === 'a1b2c3d4')) return 'This is not a capture of packets.';
    const number = (bytes: Buffer, offset: number) =>
      littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
    const link = number(header, 20) & 0xffff;
    for (;;) {
      const offset = source.offset;
      const head = source.take(16);
      if (!head) return source.buffered > 0 ? cutOffText(offset) : undefined;
      const capturedLength = number(head, 8);
      if (capturedLength > MAX_BLOCK)
        return `The packet at byte ${offset} has an impossible length; the rest is left out.`;
      const time = number(head, 0) + number(head, 4) / (isNanosecond ? 1e9 : 1e6);
      const length = number(head, 12);
      const bytes = source.take(capturedLength);
      if (!bytes) return cutOffText(offset);
      onPacket({ time, length, bytes, link });
      if (Date.now() > deadline) return timeLimitText(source.offset);
    }
  } finally {
    source.close();
  }
}

/** Reads pcapng: sections of blocks. Interface blocks define the link type and the resolution of timestamps. */
function readBlocks(source: Source, onPacket: (packet: Packet) => void, deadline: number): string | undefined {
  let littleEndian = true;
  let interfaces: { link: number; unitsPerSecond: number }[] = [];
  for (;;) {
    const offset = source.offset;
    const start = source.peek(12);
    if (!start) return source.buffered > 0 ? cutOffText(offset) : undefined;
    const isSection = start.readUInt32LE(0) === 0x0a0d0d0a;
    if (isSection) littleEndian = start.readUInt32LE(8) === 0x1a2b3c4d;
    const number = (bytes: Buffer, place: number) =>
      littleEndian ? bytes.readUInt32LE(place) : bytes.readUInt32BE(place);
    const size = number(start, 4);
    if (size < 12 || size > MAX_BLOCK || size % 4 !== 0)
      return `The block at byte ${offset} has an impossible length; the rest is left out.`;
    const block = source.take(size);
    if (!block) return cutOffText(offset);
    const type = number(start, 0);
    if (isSection) interfaces = [];
    else if (type === 1 && size >= 20) {
      const link = littleEndian ? block.readUInt16LE(8) : block.readUInt16BE(8);
      interfaces.push({ link, unitsPerSecond: resolution(block, littleEndian) });
    } else if (type === 6 && size >= 32) {
      const { link, unitsPerSecond } = interfaces[number(block, 8)] ?? { link: 1, unitsPerSecond: 1e6 };
      const time = (number(block, 12) * 2 ** 32 + number(block, 16)) / unitsPerSecond;
      const capturedLength = Math.min(number(block, 20), size - 32);
      onPacket({ time, length: number(block, 24), bytes: block.subarray(28, 28 + capturedLength), link });
    } else if (type === 3 && size >= 16) {
      const bytes = block.subarray(12, size - 4);
      onPacket({ time: Number.NaN, length: number(block, 8), bytes, link: interfaces[0]?.link ?? 1 });
    }
    if (Date.now() > deadline) return timeLimitText(source.offset);
  }
}

/** Timestamp units per second of an interface: option 9 (`if_tsresol`), by default a million. */
function resolution(block: Buffer, littleEndian: boolean): number {
  const number = (place: number) => (littleEndian ? block.readUInt16LE(place) : block.readUInt16BE(place));
  for (let offset = 16; offset + 4 <= block.length - 4; ) {
    const [code, length] = [number(offset), number(offset + 2)];
    if (code === 0) break;
    const value = block[offset + 4] ?? 6;
    if (code === 9) return value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
    offset += 4 + length + ((4 - (length % 4)) % 4);
  }
  return 1e6;
}

const cutOffText = (offset: number): string => `The file ends within the packet at byte ${offset}.`;
const timeLimitText = (offset: number): string => `Only the first ${offset} bytes were read: the file is very large.`;

interface Source {
  readonly offset: number;
  /** Number of buffered bytes. */
  readonly buffered: number;
  peek(length: number): Buffer | undefined;
  /** The next bytes, valid until the next call; undefined if the file has fewer. */
  take(length: number): Buffer | undefined;
  close(): void;
}

function openSource(path: string): Source {
  const file = openSync(path, 'r');
  let buffer = Buffer.alloc(CHUNK_SIZE);
  let [from, to, offset] = [0, 0, 0];
  const peek = (length: number): Buffer | undefined => {
    if (to - from < length) {
      const enlarged = Buffer.alloc(Math.max(CHUNK_SIZE, length));
      buffer.copy(enlarged, 0, from, to);
      [buffer, from, to] = [enlarged, 0, to - from];
      for (let count = 1; count > 0 && to < buffer.length; to += count)
        count = readSync(file, buffer, to, buffer.length - to, null);
    }
    return to - from < length ? undefined : buffer.subarray(from, from + length);
  };
  return {
    get offset() {
      return offset;
    },
    get buffered() {
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
