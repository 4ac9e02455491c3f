import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { golden as goldenPath } from '../../../test/support/golden.ts';
import { lookDeeper } from './deeper.ts';
import { createInside } from './inside.ts';
import { type Archive, readArchive } from './read.ts';
import { type Limits, streamSource } from './source.ts';

const dir = mkdtempSync(join(tmpdir(), 'webpipe-archive-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The compressors of this machine. Not every Debian has zstd. */
const PROGRAMS = ['gzip', 'bzip2', 'xz', 'zstd'].filter((name) => !spawnSync(name, ['--version']).error);

let made = 0;
async function read(content: Uint8Array, name: string, limits?: Limits): Promise<Archive & { out: string }> {
  const path = join(dir, `${made++}-${name}`);
  writeFileSync(path, content);
  const out = `${path}.out`;
  mkdirSync(out);
  const inside = createInside({ dir: out, href: 'id', asset: (asset) => asset, page: async () => {} }, lookDeeper());
  const archive = await readArchive(path, name, content.subarray(0, 4096), statSync(path).size, inside, limits);
  return { ...archive, out };
}

/** A tar made by tar(1) of files with these contents. */
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
  const { members, what, fault, out } = await read(packed, 'a.tar.x');
  expect(fault).toBeUndefined();
  expect(what).toContain(program);
  expect(members.map(({ path, size, look }) => [path, size, look])).toEqual([
    ['a/b.txt', 5, 'text'],
    ['c', 200_000, 'beginning'],
  ]);
  expect(readFileSync(join(out, 'inside/0.txt'), 'utf8')).toBe('hello');
  const cut = await read(packed.subarray(0, packed.length / 2), 'a.tar.x');
  expect(cut.fault).toBeDefined();
});

test('what does not end is read for a while only', async () => {
  async function* endless() {
    for (;;) yield new Uint8Array(1 << 16);
  }
  await expect(streamSource(endless(), { time: 1e6, bytes: 1e8 }).skip(1e12)).rejects.toThrow('100 MB');
  await expect(streamSource(endless(), { time: 50, bytes: 1e15 }).skip(1e15)).rejects.toThrow('seconds');
});

test.each(PROGRAMS)('a bomb of %s is not unpacked', async (program) => {
  const bomb = execFileSync('sh', ['-c', `head -c 40000000 /dev/zero | ${program} -1 -c`], { maxBuffer: 1e9 });
  const { fault, members } = await read(bomb, 'bomb.x', { time: 1e6, bytes: 5e6 });
  expect(fault).toContain('5 MB');
  expect(members[0]?.size ?? 0).toBeLessThan(30e6);
});

test.skipIf(!PROGRAMS.includes('zstd'))('a small part that becomes very much is not waited for', async () => {
  const bomb = execFileSync('sh', ['-c', 'head -c 300000000 /dev/zero | zstd -1 -c'], { maxBuffer: 1e9 });
  expect((await read(bomb, 'bomb.zst')).fault).toContain('256 MB');
});

test('members whose sizes lie', async () => {
  const good = tar({ a: 'x'.repeat(1000) });
  const lying = Buffer.from(good);
  lying.write('77777777777\0', 124);
  // The check sum is that of the header as it is.
  lying.write('        ', 148);
  lying.write(
    `${lying
      .subarray(0, 512)
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  const { fault, members } = await read(lying, 'a.tar');
  expect(fault).toContain('ends inside of a');
  expect(members).toHaveLength(1);
});

test('a compressed file that is no archive is one member', async () => {
  const { members, what } = await read(gzipSync('line\n'.repeat(1000)), 'app.log.gz');
  expect(what).toContain('One file');
  expect(members).toMatchObject([{ path: 'app.log', size: 5000, look: 'text' }]);
});

test('any damage to an archive is told or does not matter', async () => {
  const names = ['zip', 'tar', 'tar.gz', 'tar.bz2', 'tar.xz', 'tar.zst'];
  const archives = names.map((name) => ({
    name: `x.${name}`,
    bytes: golden(`${name}/${name === 'tar' ? 'long' : 'small'}/input.${name}`),
  }));
  const damaged = fc.record({
    archive: fc.constantFrom(...archives),
    hits: fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(damaged, async ({ archive: { name, bytes }, hits }) => {
      const content = Buffer.from(bytes);
      for (const [at, value] of hits) content[at % content.length] = value;
      await read(content, name);
    }),
    { numRuns: 60 },
  );
});

test.each(['tar', 'zip'])(
  'archives inside of a %s are listed, one level deep, and compressed texts are read',
  async (type) => {
    const { members, fault, out } = await read(golden(`${type}/nested/input.${type}`), `a.${type}`);
    expect(fault).toBeUndefined();
    const seen = (path: string) => {
      const { href, look } = members.find((member) => member.path === path) ?? {};
      return { look, text: readFileSync(join(out, href?.replace('id/', '') ?? ''), 'utf8') };
    };
    expect(seen('app.log.gz')).toEqual({
      look: 'text',
      text: '2024-05-01 10:00:00 INFO start\n2024-05-01 10:00:01 ERROR no disk\n',
    });
    const { text, look } = seen('pkg-1.0.tar.gz');
    expect(look).toBe('text');
    expect(text.split('\n')).toEqual([
      'Tar archive, compressed with gzip, 3 files',
      expect.stringMatching(/^ +2024-05-01 10:00 {2}pkg\/$/),
      expect.stringMatching(/ pkg\/docs\/$/),
      expect.stringMatching(/^8 bytes +2024-05-01 10:00 {2}pkg\/docs\/guide\.md$/),
      expect.stringMatching(/ pkg\/main\.py$/),
      expect.stringMatching(/ pkg\/run → main\.py$/),
    ]);
    expect(seen('pkg.zip').text).toMatch(/^Zip archive, 2 files\n.*main\.py\n.*docs\/\n.*docs\/guide\.md$/);
    expect(seen('readme.txt').text).toBe('hello\n');
  },
);

test('a damaged archive inside of another one is told as far as it goes, and what follows it is found', async () => {
  const { members, out } = await read(golden('tar/nested/input.tar'), 'a.tar');
  const cut = members.find(({ path }) => path === 'cut.tar.gz');
  expect(members).toHaveLength(5);
  expect(
    cut?.href === undefined || /Not read to its end/.test(readFileSync(join(out, cut.href.slice(3)), 'utf8')),
  ).toBe(true);
});

test('a bomb inside of an archive, and archives without end, cost little', async () => {
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

test('a zip without its end is listed by what stands before each member', async () => {
  const whole = await read(golden('zip/small/input.zip'), 'a.zip');
  const cut = await read(golden('zip/cut/input.zip'), 'b.zip');
  const names = (archive: Archive) => archive.members.map(({ path, size }) => [path, size]);
  expect(cut.members.length).toBeGreaterThan(3);
  expect(names(cut)).toEqual(names(whole).slice(0, cut.members.length));
  expect(cut.fault).toMatch(/at its end is missing or damaged/);
});

test('a zip that was written to a pipe and cut: sizes stand after the members', async () => {
  const { members, out } = await read(golden('zip/streamed/input.zip'), 'a.zip');
  expect(members.map(({ path, size }) => [path, size])).toEqual(
    Array.from({ length: 13 }, (_, i) => [`log/${String(i).padStart(2, '0')}.txt`, i * 120]),
  );
  const href = members[12]?.href?.slice(3) ?? '';
  expect(readFileSync(join(out, href), 'utf8')).toBe('line of log\n'.repeat(120));
});

interface Streamed {
  readonly name: string;
  readonly content: string;
  /** The sizes stand before the member, too. */
  readonly sizesBefore?: boolean;
  /** Sizes take 8 bytes. */
  readonly long?: boolean;
}

/** The members of a zip as it is written to a pipe, stored, without a directory: sizes stand after each. */
function streamed(members: readonly Streamed[]): Buffer {
  return Buffer.concat(
    members.flatMap(({ name, content, sizesBefore = false, long = false }) => {
      const header = Buffer.alloc(26);
      header.writeUInt16LE(8, 2);
      if (sizesBefore) header.writeUInt32LE(content.length, 14);
      if (sizesBefore) header.writeUInt32LE(content.length, 18);
      header.writeUInt16LE(name.length, 22);
      const sizes = Buffer.alloc(long ? 20 : 12);
      if (long) for (const place of [4, 12]) sizes.writeBigUInt64LE(BigInt(content.length), place);
      else for (const place of [4, 8]) sizes.writeUInt32LE(content.length, place);
      const mark = (letters: string) => Buffer.from(`PK${letters}`);
      return [mark('\x03\x04'), header, Buffer.from(name), Buffer.from(content), mark('\x07\x08'), sizes];
    }),
  );
}

test.each([
  ['sizes of 4 bytes', {}],
  ['sizes of 8 bytes', { long: true }],
  ['sizes before and after', { sizesBefore: true }],
])('a zip of stored members that was written to a pipe and cut: %s', async (_what, how) => {
  const members = [
    { name: 'd/', content: '' },
    { name: 'd/a.txt', content: 'some words\n'.repeat(3) },
    { name: 'd/b.bin', content: `PK\x07\x08${'x'.repeat(40)}` },
    { name: 'd/c.txt', content: 'more\n' },
  ].map((member) => ({ ...member, ...how }));
  const found = await read(streamed(members), 'a.zip');
  expect(found.members.map(({ path, kind, size }) => [path, kind, size])).toEqual(
    members.map(({ name, content }) => [name, name.endsWith('/') ? 'folder' : 'file', content.length]),
  );
  const href = found.members[1]?.href?.slice(3) ?? '';
  expect(readFileSync(join(found.out, href), 'utf8')).toBe('some words\n'.repeat(3));
});

test('a member of which only a part of its name is there is none', async () => {
  const whole = streamed([
    { name: 'a.txt', content: 'a' },
    { name: 'long-name.txt', content: 'b' },
  ]);
  const cut = whole.subarray(0, whole.indexOf('long-name') + 4);
  expect((await read(cut, 'a.zip')).members.map(({ path }) => path)).toEqual(['a.txt']);
});

test('a zip whose directory is damaged is listed all the same', async () => {
  const bytes = golden('zip/small/input.zip');
  const at = bytes.indexOf('PK\x01\x02');
  const damaged = Buffer.concat([bytes.subarray(0, at), Buffer.from('XXXX'), bytes.subarray(at + 4)]);
  const names = ({ members }: Archive) => members.map(({ path }) => path);
  expect(names(await read(damaged, 'a.zip'))).toEqual(names(await read(bytes, 'b.zip')));
});
