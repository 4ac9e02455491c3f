import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pcapPage } from './page.ts';
import { summarise } from './summary.ts';
import { describePackets } from './tshark.ts';

const SAMPLES = join(import.meta.dirname, 'fixtures');
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-pcap-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(dir, 'x.pcap');
  await writeFile(path, bytes);
  return path;
}
const input = (path: string) => ({
  path,
  name: 'x',
  type: 'pcap',
  host: 'h',
  bytes: 1,
  open: false,
  source: 'id/source/x',
});

/** Creates a capture of one packet in either byte order. */
function capture(isBigEndian: boolean, packet: readonly number[], capturedLength = packet.length): Buffer {
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (isBigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  };
  const version = isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0];
  return Buffer.concat([
    word(0xa1b2c3d4),
    Buffer.from(version),
    word(0),
    word(0),
    word(65535),
    word(1),
    word(1000),
    word(500_000),
    word(capturedLength),
    word(1500),
    Buffer.from(packet),
  ]);
}
const ETHERNET = [...Array(12).fill(0)];
const IPV6 = [
  0x60,
  0,
  0,
  0,
  0,
  8,
  17,
  64,
  0x20,
  1,
  0x0d,
  0xb8,
  ...Array(11).fill(0),
  1,
  0xfe,
  0x80,
  ...Array(13).fill(0),
  2,
];

describe('the summary of a capture', () => {
  test.each(['http.pcap', 'http.pcapng'])('of %s, written by tcpdump and tshark', (name) => {
    const summary = summarise(join(SAMPLES, name));
    expect(summary).toMatchObject({ packets: 24, problem: undefined, omittedPackets: 0 });
    expect(summary.protocols).toEqual([['IPv4 TCP', { packets: 24, bytes: summary.bytes }]]);
    expect(summary.pairs).toHaveLength(2);
    expect(summary.pairs[0]?.[0]).toMatch(/^TCP 127\.0\.0\.1:18081 ↔ 127\.0\.0\.1:\d+$/);
    expect((summary.last ?? 0) - (summary.first ?? 0)).toBeGreaterThan(0);
    expect((summary.last ?? 0) - (summary.first ?? 0)).toBeLessThan(5);
  });

  test.each([true, false])('reads both byte orders (big-endian: %s), VLAN tags and IPv6', async (isBigEndian) => {
    const packet = [...ETHERNET, 0x81, 0, 0, 5, 0x86, 0xdd, ...IPV6, 0, 53, 0x30, 0x39, 0, 8, 0, 0];
    expect(summarise(await file(capture(isBigEndian, packet)))).toMatchObject({
      packets: 1,
      bytes: 1500,
      first: 1000.5,
      protocols: [['IPv6 UDP', { packets: 1, bytes: 1500 }]],
      pairs: [['UDP [2001:db8::1]:53 ↔ [fe80::2]:12345', { packets: 1, bytes: 1500 }]],
    });
  });

  test('reads the complete packets of a cut off file and reports its end', async () => {
    const bytes = await readFile(join(SAMPLES, 'http.pcap'));
    const summary = summarise(await file(bytes.subarray(0, 1000)));
    expect(summary.packets).toBeGreaterThan(3);
    expect(summary.problem).toMatch(/^The file ends within the packet at byte \d+\.$/);
    expect(summarise(await file(capture(false, [], 2 ** 31))).problem).toMatch(
      /^The packet at byte 24 has an impossible length/,
    );
  });

  test('no input throws', async () => {
    const start = fc.constantFrom(
      'd4c3b2a1020004000000000000000000ffff000001000000',
      '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000',
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
        const summary = summarise(await file(Buffer.concat([Buffer.from(head, 'hex'), rest])));
        expect(summary.packets).toBeLessThan(40);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the page', () => {
  test('without tshark', async () => {
    const html = await pcapPage(input(join(SAMPLES, 'http.pcap')), join(dir, 'no-such-program'));
    expect(html).toContain('24 packets');
    expect(html).toContain('Where tshark is installed');
  });

  test('of a file that is not a capture', async () => {
    expect(await pcapPage(input(await file(Buffer.from('no capture at all, but text\n'))))).toContain(
      'This is not a capture of packets.',
    );
  });

  test.skipIf(spawnSync('tshark', ['-v']).status !== 0)('with tshark', async () => {
    const rows = await describePackets(join(SAMPLES, 'http.pcap'));
    expect(rows).toHaveLength(24);
    expect(rows?.[0]?.slice(2, 6)).toEqual(['127.0.0.1', '127.0.0.1', 'TCP', '74']);
    expect(rows?.map((row) => row[6]).join('\n')).toContain('GET /busy.py HTTP/1.1');
    expect(await pcapPage(input(join(SAMPLES, 'http.pcap')))).toContain('<h2>Packets, by tshark</h2>');
  });
});
