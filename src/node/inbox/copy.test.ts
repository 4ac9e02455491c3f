import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { beginCopy, SMALL, writeBody } from './copy.ts';
import { copyTree } from './trees.ts';

const dir = mkdtempSync(join(tmpdir(), 'wp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([0, 1, 4096, SMALL, SMALL + 1, SMALL + 3_333_333])(
  'a file of %i bytes is copied completely',
  async (size) => {
    const bytes = randomBytes(size);
    const [from, to] = [join(dir, `from-${size}`), join(dir, `to-${size}`)];
    writeFileSync(from, bytes);
    const { done } = await beginCopy(from, to, statSync(from));
    expect(existsSync(to)).toBe(true);
    expect(await done()).toBe(size);
    expect(readFileSync(to).equals(bytes)).toBe(true);
  },
);

test('a sparse file is copied as a sparse file with the same content', async () => {
  const [from, to] = [join(dir, 'sparse'), join(dir, 'sparse-copy')];
  execFileSync('sh', [
    '-c',
    `printf head >'${from}'; truncate -s 40M '${from}'; printf middle >>'${from}'; truncate -s 100M '${from}'`,
  ]);
  const { done } = await beginCopy(from, to, statSync(from));
  expect(await done()).toBe(100 * 1024 ** 2);
  execFileSync('cmp', [from, to]);
  expect(statSync(to).blocks * 512).toBeLessThan(8 * 1024 ** 2);
});

test('many large copies at a time all complete', async () => {
  const from = join(dir, 'large');
  writeFileSync(from, randomBytes(SMALL + 1));
  const copies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => beginCopy(from, join(dir, `large-${i}`), statSync(from))),
  );
  expect(await Promise.all(copies.map(({ done }) => done()))).toEqual(copies.map(() => SMALL + 1));
});

test('a file that shrinks during the copy is copied as it is, and a missing one is an error', async () => {
  const from = join(dir, 'shrinks');
  writeFileSync(from, randomBytes(SMALL * 2));
  const info = statSync(from);
  const { done } = await beginCopy(from, join(dir, 'shrunk'), info);
  truncateSync(from, 10);
  expect(await done()).toBeLessThanOrEqual(SMALL * 2);
  await expect(beginCopy(join(dir, 'nowhere'), join(dir, 'x'), info)).rejects.toThrow('ENOENT');
});

test('a directory is copied without links and devices', async () => {
  const from = join(dir, 'tree');
  mkdirSync(join(from, 'a/b'), { recursive: true });
  writeFileSync(join(from, 'a/b/c.txt'), '12345');
  writeFileSync(join(from, 'd.txt'), '67');
  symlinkSync('/etc/passwd', join(from, 'link'));
  symlinkSync('..', join(from, 'a/loop'));
  execFileSync('mkfifo', [join(from, 'fifo')]);
  expect(await copyTree(from, join(dir, 'tree-copy'))).toBe(7);
  expect(readdirSync(join(dir, 'tree-copy'), { recursive: true }).sort()).toEqual(['a', 'a/b', 'a/b/c.txt', 'd.txt']);
});

test('a directory that is too large is refused before anything is copied', async () => {
  const from = join(dir, 'huge');
  mkdirSync(from);
  writeFileSync(join(from, 'x'), '');
  truncateSync(join(from, 'x'), 3 * 1024 ** 3);
  await expect(copyTree(from, join(dir, 'huge-copy'))).rejects.toThrow('more than');
  expect(existsSync(join(dir, 'huge-copy'))).toBe(false);
});

test('a body is written to a new file, never over an existing one', async () => {
  const pieces = [randomBytes(10), randomBytes(0), randomBytes(70_000)];
  const body = (async function* () {
    yield* pieces;
  })();
  const { size, done } = await writeBody(body, join(dir, 'body'));
  expect([size, await done()]).toEqual([70_010, 70_010]);
  expect(readFileSync(join(dir, 'body')).equals(Buffer.concat(pieces))).toBe(true);
  const again = (async function* () {
    yield randomBytes(1);
  })();
  await expect(writeBody(again, join(dir, 'body'))).rejects.toThrow('EEXIST');
});

test('a body in many pieces, large and small, is written in order', async () => {
  const pieces = Array.from({ length: 500 }, (_, i) => randomBytes([1, 65_536, 300, 2_000_000][i % 4] ?? 0));
  const body = (async function* () {
    yield* pieces;
  })();
  const path = join(dir, 'pieces');
  await (await writeBody(body, path)).done();
  expect(readFileSync(path).equals(Buffer.concat(pieces))).toBe(true);
});

test('a body that breaks off is an error', async () => {
  const body = (async function* () {
    yield randomBytes(3_000_000);
    throw new Error('it broke');
  })();
  await expect(writeBody(body, join(dir, 'broken'))).rejects.toThrow('it broke');
});
