import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTar } from 'modern-tar';
import { afterEach, expect, test } from 'vitest';
import { LATE, pack, unpack } from './archive.ts';

const places: string[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await rm(place, LATE);
});
function temp(): string {
  const place = mkdtempSync(join(tmpdir(), 'wp-archive-'));
  places.push(place);
  return place;
}

async function* piecesOf(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('a packed directory is extracted unchanged, by unpack and by tar', async () => {
  const dir = temp();
  const long = `${'long name '.repeat(15)}é.txt`;
  mkdirSync(join(dir, 'in/sub/empty'), { recursive: true });
  for (const [name, text] of [
    ['a.txt', 'a'],
    ['sub/none', ''],
    [`sub/${long}`, 'x'.repeat(100_000)],
    ['-n "q"\n', 'odd'],
  ] as const)
    writeFileSync(join(dir, 'in', name), text);
  symlinkSync('/etc/passwd', join(dir, 'in/link'));
  await pack([{ name: 'plots', path: join(dir, 'in') }], join(dir, 'a.tar'));
  await unpack(piecesOf(readFileSync(join(dir, 'a.tar'))), join(dir, 'out'));
  const names = (place: string) => readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  const wanted = names(join(dir, 'in')).filter((name) => name !== 'link');
  expect(names(join(dir, 'out/plots'))).toEqual(wanted);
  expect(readFileSync(join(dir, 'out/plots/sub', long), 'utf8')).toHaveLength(100_000);
  mkdirSync(join(dir, 'gnu'));
  expect(spawnSync('tar', ['xf', join(dir, 'a.tar'), '-C', join(dir, 'gnu')]).status).toBe(0);
  expect(names(join(dir, 'gnu/plots'))).toEqual(wanted);
});

test.each([
  ['a link', [{ header: { name: 'l', type: 'symlink' as const, size: 0, linkname: '/etc' } }]],
  ['a hard link', [{ header: { name: 'l', type: 'link' as const, size: 0, linkname: 'x' } }]],
  ['a device', [{ header: { name: 'd', type: 'character-device' as const, size: 0 } }]],
  ['a fifo', [{ header: { name: 'f', type: 'fifo' as const, size: 0 } }]],
  ['..', [{ header: { name: '../x', size: 1 }, body: 'x' }]],
  ['.. inside', [{ header: { name: 'a/../../x', size: 1 }, body: 'x' }]],
  ['an absolute path', [{ header: { name: '/tmp/x', size: 1 }, body: 'x' }]],
  ['too many', Array.from({ length: 10_001 }, (_, i) => ({ header: { name: `f${i}`, size: 0 } }))],
  ['too deep', [{ header: { name: `${'d/'.repeat(70)}x`, size: 1 }, body: 'x' }]],
])('%s is refused, and nothing is written outside of the target', async (_, entries) => {
  const dir = temp();
  const bytes = await packTar(entries);
  await expect(unpack(piecesOf(bytes, 65536), join(dir, 'deep/out'))).rejects.toMatchObject({ where: 'archive' });
  expect(readdirSync(dir)).toEqual(['deep']);
  expect(readdirSync(join(dir, 'deep'))).toEqual(['out']);
});

test.each([
  ['cut', (bytes: Uint8Array) => bytes.subarray(0, 700)],
  ['garbage', () => Buffer.alloc(4096, 'x')],
])('an incomplete archive is refused (%s)', async (_, spoil) => {
  const bytes = await packTar([{ header: { name: 'a', size: 2000 }, body: 'x'.repeat(2000) }]);
  await expect(unpack(piecesOf(spoil(bytes)), join(temp(), 'out'))).rejects.toMatchObject({ where: 'archive' });
});
