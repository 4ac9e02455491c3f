import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeSignature } from '../../node/kit/page/file-signatures.ts';
import { renderPage } from '../../node/kit/text/testing.ts';
import fallback from './format.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-unit-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the page of binary data has its format, a hex dump of both ends and its strings', async () => {
  const path = join(dir, 'data');
  await writeFile(
    path,
    Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(20_000), Buffer.from('the last string')]),
  );
  const html = await renderPage(fallback, path);
  expect(html).toContain('ELF 64-bit');
  expect(html).toContain('00000000  7f 45 4c 46 02 01 01 00  00');
  expect(html).toContain('20 KB (20,022 bytes)');
  // The offsets of rows in the tail are multiples of 16.
  expect(html).toMatch(/<pre id="tail">\n00004d[0-9a-f]0 {2}/);
  expect(html).toContain('last strin');
});

test('a directory is listed with folders first, escaped names and links to its files', async () => {
  const path = join(dir, 'folder');
  await mkdir(join(path, 'sub'), { recursive: true });
  await writeFile(join(path, 'a b#?.txt'), 'x');
  await writeFile(join(path, '"><script>alert(1)<'), 'x');
  await symlink('/etc/passwd', join(path, 'link'));
  const html = await renderPage(fallback, path, { type: 'dir' });
  expect(html).toContain('4 entries');
  expect(html).toContain('href="id/source/name/a%20b%23%3F.txt"');
  expect(html).not.toContain('<script>alert');
  expect(html.indexOf('sub/')).toBeLessThan(html.indexOf('a b#'));
  expect(html).toContain('→ /etc/passwd</span> (link)');
});

test('the page of a directory with long names is limited', async () => {
  const path = join(dir, 'many');
  await mkdir(path);
  await Promise.all(Array.from({ length: 1200 }, (_, i) => writeFile(join(path, '"'.repeat(200) + i), '')));
  const html = await renderPage(fallback, path, { type: 'dir' });
  expect(html.length).toBeLessThan(256 * 1024);
  expect(html).toMatch(/The first \d+ of 1,200 entries are shown/);
});

test('formats are recognised by their first bytes', () => {
  const formatOf = (text: string) => describeSignature(Uint8Array.from(Buffer.from(text, 'latin1')));
  expect(formatOf('PK\x03\x04rest')).toBe('Zip archive');
  expect(formatOf('\x1f\x8b\x08')).toBe('gzip compressed data');
  expect(formatOf('SQLite format 3\0')).toBe('SQLite 3 database');
  expect(formatOf('nothing')).toBeUndefined();
});
