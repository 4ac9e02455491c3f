import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { golden as goldenPath } from '../../../test/support/golden.ts';
import { type Limits, streamSource } from './byte-source.ts';
import { createMemberPreviews } from './member-previews.ts';
import { createNestedReader } from './nested-archives.ts';
import { type Archive, readArchive } from './read.ts';

const dir = mkdtempSync(join(tmpdir(), 'webpipe-archive-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The compressors that are installed. zstd may be missing. */
const PROGRAMS = ['gzip', 'bzip2', 'xz', 'zstd'].filter((name) => !spawnSync(name, ['--version']).error);

let fileCount = 0;
async function read(content: Uint8Array, name: string, limits?: Limits): Promise<Archive & { outDir: string }> {
  const path = join(dir, `${fileCount++}-${name}`);
  writeFileSync(path, content);
  const outDir = `${path}.out`;
  mkdirSync(outDir);
  const previews = createMemberPreviews(
    { dir: outDir, href: 'id', asset: (asset) => asset, page: async () => {} },
    createNestedReader(),
  );
  const archive = await readArchive(path, name, content.subarray(0, 4096), statSync(path).size, previews, limits);
  return { ...archive, outDir };
}

/** Creates a tar with tar(1) of files with these contents. */
function tar(files: Record<string, string>, ...options: string[]): Buffer {
  const folder = mkdtempSync(join(dir, 'tar-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return execFileSync('tar', ['-C', folder, ...options, '-cf', '-', ...Object.keys(files)], { maxBuffer: 1e9 });
}

const golden = (path: string) => readFileSync(goldenPath(path));

test.each([['--format=pax'], ['--format=gnu'], ['--format=ustar']])('a tar with long names: %s', async (format) => {
  const long = `${'folder/'.repeat(20)}ü.txt`;
  const { members, fault } = await read(tar({ [long]: 'hello', b: 'x' }, format), 'a.tar');
  expect(fault).toBeUndefined();
  expect(members.map(({ path, size }) => [path, size])).toEqual([
    [long, 5],
    ['b', 1],
  ]);
});

test.each(PROGRAMS)('a tar compressed with %s', async (program) => {
  const packed = execFileSync(program, ['-c'], {
    input: tar({ 'a/b.txt': 'hello', c: 'y'.repeat(200_000) }),
    maxBuffer: 1e9,
  });
  const { members, kind, fault, outDir } = await read(packed, 'a.tar.x');
  expect(fault).toBeUndefined();
  expect(kind).toContain(program);
  expect(members.map(({ path, size, look }) => [path, size, look])).toEqual([
    ['a/b.txt', 5, 'text'],
    ['c', 200_000, 'beginning'],
  ]);
  expect(readFileSync(join(outDir, 'inside/0.txt'), 'utf8')).toBe('hello');
  const cut = await read(packed.subarray(0, packed.length / 2), 'a.tar.x');
  expect(cut.fault).toBeDefined();
});

test('an endless stream is read up to its limits', async () => {
  async function* endless() {
    for (;;) yield new Uint8Array(1 << 16);
  }
  await expect(streamSource(endless(), { time: 1e6, bytes: 1e8 }).skip(1e12)).rejects.toThrow('100 MB');
  await expect(streamSource(endless(), { time: 50, bytes: 1e15 }).skip(1e15)).rejects.toThrow('seconds');
});

test.each(PROGRAMS)('a %s bomb is read up to the limit only', async (program) => {
  const bomb = execFileSync('sh', ['-c', `head -c 40000000 /dev/zero | ${program} -1 -c`], { maxBuffer: 1e9 });
  const { fault, members } = await read(bomb, 'bomb.x', { time: 1e6, bytes: 5e6 });
  expect(fault).toContain('5 MB');
  expect(members[0]?.size ?? 0).toBeLessThan(30e6);
});

test.skipIf(!PROGRAMS.includes('zstd'))('one chunk that expands beyond its limit ends the listing', async () => {
  const bomb = execFileSync('sh', ['-c', 'head -c 300000000 /dev/zero | zstd -1 -c'], { maxBuffer: 1e9 });
  expect((await read(bomb, 'bomb.zst')).fault).toContain('256 MB');
});

test('a member whose header has too large a size is reported as cut off', async () => {
  const original = tar({ a: 'x'.repeat(1000) });
  const corrupted = Buffer.from(original);
  corrupted.write('77777777777\0', 124);
  // The checksum field counts as spaces.
  corrupted.write('        ', 148);
  corrupted.write(
    `${corrupted
      .subarray(0, 512)
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  const { fault, members } = await read(corrupted, 'a.tar');
  expect(fault).toContain('ends inside a');
  expect(members).toHaveLength(1);
});

test('a compressed file that is not an archive is listed as one member', async () => {
  const { members, kind } = await read(gzipSync('line\n'.repeat(1000)), 'app.log.gz');
  expect(kind).toContain('One file');
  expect(members).toMatchObject([{ path: 'app.log', size: 5000, look: 'text' }]);
});

test('no damage to an archive makes the reader throw', async () => {
  const names = ['zip', 'tar', 'tar.gz', 'tar.bz2', 'tar.xz', 'tar.zst'];
  const archives = names.map((name) => ({
    name: `x.${name}`,
    bytes: golden(`${name}/${name === 'tar' ? 'long' : 'small'}/input.${name}`),
  }));
  const damaged = fc.record({
    archive: fc.constantFrom(...archives),
    changes: fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(damaged, async ({ archive: { name, bytes }, changes }) => {
      const content = Buffer.from(bytes);
      for (const [offset, value] of changes) content[offset % content.length] = value;
      await read(content, name);
    }),
    { numRuns: 60 },
  );
});

test.each(['tar', 'zip'])(
  'archives inside a %s are listed one level deep, and compressed texts have previews',
  async (type) => {
    const { members, fault, outDir } = await read(golden(`${type}/nested/input.${type}`), `a.${type}`);
    expect(fault).toBeUndefined();
    const previewOf = (path: string) => {
      const { href, look } = members.find((member) => member.path === path) ?? {};
      return { look, text: readFileSync(join(outDir, href?.replace('id/', '') ?? ''), 'utf8') };
    };
    expect(previewOf('app.log.gz')).toEqual({
      look: 'text',
      text: '2024-05-01 10:00:00 INFO start\n2024-05-01 10:00:01 ERROR no disk\n',
    });
    const { text, look } = previewOf('pkg-1.0.tar.gz');
    expect(look).toBe('text');
    expect(text.split('\n')).toEqual([
      'Tar archive, compressed with gzip, 3 files',
      expect.stringMatching(/^ +2024-05-01 10:00 {2}pkg\/$/),
      expect.stringMatching(/ pkg\/docs\/$/),
      expect.stringMatching(/^8 bytes +2024-05-01 10:00 {2}pkg\/docs\/guide\.md$/),
      expect.stringMatching(/ pkg\/main\.py$/),
      expect.stringMatching(/ pkg\/run → main\.py$/),
    ]);
    expect(previewOf('pkg.zip').text).toMatch(/^Zip archive, 2 files\n.*main\.py\n.*docs\/\n.*docs\/guide\.md$/);
    expect(previewOf('readme.txt').text).toBe('hello\n');
  },
);

test('a damaged nested archive does not hide the members after it', async () => {
  const { members, outDir } = await read(golden('tar/nested/input.tar'), 'a.tar');
  const cut = members.find(({ path }) => path === 'cut.tar.gz');
  expect(members).toHaveLength(5);
  expect(
    cut?.href === undefined || /Not read to its end/.test(readFileSync(join(outDir, cut.href.slice(3)), 'utf8')),
  ).toBe(true);
});

test('decompression bombs inside an archive take little time', async () => {
  // Gzip members one after the other are one file, here of 400 MB.
  const bomb = Buffer.concat(Array(10).fill(gzipSync(Buffer.alloc(40e6), { level: 1 })));
  const folder = mkdtempSync(join(dir, 'bombs-'));
  for (let i = 0; i < 30; i++) writeFileSync(join(folder, `${i}.tar.gz`), bomb);
  const outer = execFileSync('tar', ['-C', folder, '-cf', '-', '.'], { maxBuffer: 1e9 });
  const start = process.cpuUsage();
  const { members } = await read(outer, 'bombs.tar');
  expect(members).toHaveLength(31);
  // All of it would be 12 GB.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(scaled(12_000));
});

test('a zip without a central directory is listed by its local headers', async () => {
  const complete = await read(golden('zip/small/input.zip'), 'a.zip');
  const cut = await read(golden('zip/cut/input.zip'), 'b.zip');
  const names = (archive: Archive) => archive.members.map(({ path, size }) => [path, size]);
  expect(cut.members.length).toBeGreaterThan(3);
  expect(names(cut)).toEqual(names(complete).slice(0, cut.members.length));
  expect(cut.fault).toMatch(/at its end is missing or damaged/);
});

test('a cut off zip with data descriptors is listed', async () => {
  const { members, outDir } = await read(golden('zip/streamed/input.zip'), 'a.zip');
  expect(members.map(({ path, size }) => [path, size])).toEqual(
    Array.from({ length: 13 }, (_, i) => [`log/${String(i).padStart(2, '0')}.txt`, i * 120]),
  );
  const href = members[12]?.href?.slice(3) ?? '';
  expect(readFileSync(join(outDir, href), 'utf8')).toBe('line of log\n'.repeat(120));
});

interface Streamed {
  readonly name: string;
  readonly content: string;
  /** The local header contains the sizes as well. */
  readonly sizesBefore?: boolean;
  /** Sizes of 8 bytes (zip64). */
  readonly zip64?: boolean;
}

/** A zip of stored members with data descriptors and without a central directory, as if cut off while streaming. */
function streamed(members: readonly Streamed[]): Buffer {
  return Buffer.concat(
    members.flatMap(({ name, content, sizesBefore = false, zip64 = false }) => {
      const header = Buffer.alloc(26);
      header.writeUInt16LE(8, 2);
      if (sizesBefore) header.writeUInt32LE(content.length, 14);
      if (sizesBefore) header.writeUInt32LE(content.length, 18);
      header.writeUInt16LE(name.length, 22);
      const sizes = Buffer.alloc(zip64 ? 20 : 12);
      if (zip64) for (const offset of [4, 12]) sizes.writeBigUInt64LE(BigInt(content.length), offset);
      else for (const offset of [4, 8]) sizes.writeUInt32LE(content.length, offset);
      const signature = (letters: string) => Buffer.from(`PK${letters}`);
      return [signature('\x03\x04'), header, Buffer.from(name), Buffer.from(content), signature('\x07\x08'), sizes];
    }),
  );
}

test.each([
  ['sizes of 4 bytes', {}],
  ['sizes of 8 bytes', { zip64: true }],
  ['sizes before and after', { sizesBefore: true }],
])('a cut off zip of stored members with data descriptors: %s', async (_title, options) => {
  const members = [
    { name: 'd/', content: '' },
    { name: 'd/a.txt', content: 'some words\n'.repeat(3) },
    { name: 'd/b.bin', content: `PK\x07\x08${'x'.repeat(40)}` },
    { name: 'd/c.txt', content: 'more\n' },
  ].map((member) => ({ ...member, ...options }));
  const listing = await read(streamed(members), 'a.zip');
  expect(listing.members.map(({ path, kind, size }) => [path, kind, size])).toEqual(
    members.map(({ name, content }) => [name, name.endsWith('/') ? 'folder' : 'file', content.length]),
  );
  const href = listing.members[1]?.href?.slice(3) ?? '';
  expect(readFileSync(join(listing.outDir, href), 'utf8')).toBe('some words\n'.repeat(3));
});

test('a member with an incomplete name is left out', async () => {
  const complete = streamed([
    { name: 'a.txt', content: 'a' },
    { name: 'long-name.txt', content: 'b' },
  ]);
  const cut = complete.subarray(0, complete.indexOf('long-name') + 4);
  expect((await read(cut, 'a.zip')).members.map(({ path }) => path)).toEqual(['a.txt']);
});

test('a zip with a damaged central directory is listed completely', async () => {
  const bytes = golden('zip/small/input.zip');
  const offset = bytes.indexOf('PK\x01\x02');
  const damaged = Buffer.concat([bytes.subarray(0, offset), Buffer.from('XXXX'), bytes.subarray(offset + 4)]);
  const names = ({ members }: Archive) => members.map(({ path }) => path);
  expect(names(await read(damaged, 'a.zip'))).toEqual(names(await read(bytes, 'b.zip')));
});
