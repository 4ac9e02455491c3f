import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyReferencedFiles, relativePath } from './referenced-files.ts';

let work: string;
let origin: string;
let target: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'webpipe-neighbours-'));
  await mkdir(join(work, 'docs/.git'), { recursive: true });
  await mkdir(join(work, 'docs/img'));
  origin = join(work, 'docs/page.html');
  target = join(work, 'out/source');
  await write('secret.txt', 'secret');
  await write('docs/page.html', 'page');
  await write('docs/.env', 'secret');
  await write('docs/.git/config', 'secret');
  await write('docs/img/a b.png', 'a');
});
afterEach(() => rm(work, { recursive: true, force: true }));

const write = (path: string, text: string): Promise<void> => writeFile(join(work, path), text);
const copy = async (...references: string[]): Promise<string[]> =>
  [...(await copyReferencedFiles({ origin, target, references })).files].sort();

test("only references below the document's directory are paths", () => {
  expect(relativePath('img/a%20b.png?x=1#y')).toBe('img/a b.png');
  expect(relativePath('./img/../b.png')).toBe('b.png');
  expect(relativePath('../style.css', 'css/')).toBe('style.css');
  for (const none of [
    '',
    '#x',
    '/etc/passwd',
    '//host/x',
    'https://host/x',
    'data:,x',
    'C:\\x',
    '\\\\host\\x',
    '../x',
    'a/../../x',
    '%2e%2e/x',
    '.env',
    'a/.git/x',
    'a%00b',
    '.',
    './',
  ]) {
    expect(relativePath(none), none).toBeUndefined();
  }
});

test('copies files below the document; skips hidden, outside and missing files', async () => {
  expect(
    await copy('img/a%20b.png', 'missing.png', 'img', '../secret.txt', '.env', '.git/config', 'page.html'),
  ).toEqual(['img/a b.png']);
  expect(await readFile(join(target, 'img/a b.png'), 'utf8')).toBe('a');
});

test('symbolic links out of the directory or to hidden files are not followed', async () => {
  await symlink(join(work, 'secret.txt'), join(work, 'docs/link.txt'));
  await symlink('.env', join(work, 'docs/env.txt'));
  await symlink('..', join(work, 'docs/up'));
  await symlink('img', join(work, 'docs/pictures'));
  expect(await copy('link.txt', 'env.txt', 'up/secret.txt', 'pictures/a b.png')).toEqual(['pictures/a b.png']);
});

test('files that a style sheet refers to are copied', async () => {
  await mkdir(join(work, 'docs/css'));
  await write(
    'docs/css/a.css',
    '@import "b.css"; body { background: url( "../img/a%20b.png" ) } i { background: url(../../secret.txt) }',
  );
  await write('docs/css/b.css', '@import url(a.css); b { background: url(data:,x) }');
  expect(await copy('css/a.css')).toEqual(['css/a.css', 'css/b.css', 'img/a b.png']);
});

test('companion directories are copied without hidden files', async () => {
  await mkdir(join(work, 'docs/page_files/deep/.x'), { recursive: true });
  await write('docs/page_files/deep/a.js', '1');
  await write('docs/page_files/deep/.x/b.js', '1');
  await write('docs/page_files/.c.js', '1');
  const { files } = await copyReferencedFiles({ origin, target, references: [], directories: ['page_files', 'page'] });
  expect([...files]).toEqual(['page_files/deep/a.js']);
});

test('existing files are not overwritten', async () => {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'b.txt'), 'first');
  await write('docs/b.txt', 'second');
  expect(await copy('b.txt')).toEqual(['b.txt']);
  expect(await readFile(join(target, 'b.txt'), 'utf8')).toBe('first');
});

test('the number of copied files is limited', async () => {
  await mkdir(join(work, 'docs/many'));
  await Promise.all(Array.from({ length: 2100 }, (_, i) => write(`docs/many/${i}`, 'x')));
  const copied = await copyReferencedFiles({ origin, target, references: [], directories: ['many'] });
  expect(copied.files.size).toBe(2000);
  expect(copied.incomplete).toBe(true);
});

test('a file over the size limit is skipped, smaller ones are copied', async () => {
  const file = await open(join(work, 'docs/huge.bin'), 'w');
  await file.truncate(201 * 1024 * 1024);
  await file.close();
  const copied = await copyReferencedFiles({ origin, target, references: ['huge.bin', 'img/a b.png'] });
  expect([...copied.files]).toEqual(['img/a b.png']);
  expect(copied.incomplete).toBe(true);
});
