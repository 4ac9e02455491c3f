import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { pageOf, sourceOf, spooled } from '../support/disk.ts';
import { type Viewer, watch } from '../support/viewer.ts';
import { type Server, sh, startServer, tempDir, until, wp } from '../support/wp.ts';

let server: Server;
let viewer: Viewer;
const cwd = tempDir();

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
});

function writeInput(name: string, text: string): string {
  writeFileSync(join(cwd, name), text);
  return name;
}

/** The entry numbers in the URLs that `wp show` printed, one per line. */
function numbers(stdout: string): number[] {
  const lines = stdout.trimEnd().split('\n');
  const pattern = new RegExp(`^http://localhost:${server.httpPort}/s/${server.scroll}/#(\\d+)$`);
  return lines.map((line) => Number(pattern.exec(line)?.[1] ?? Number.NaN));
}

async function shownEntry(stdout: string) {
  const [n] = numbers(stdout);
  return viewer.entry(`entry ${n} rendered`, (entry) => entry.n === n && entry.status === 'ok');
}

test('wp show prints a URL, and the entry has a page and the original', async () => {
  const ended = await wp(['show', writeInput('hello.txt', 'hello, world\n')], { dir: server.dir, cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const entry = await shownEntry(ended.stdout);
  expect(entry).toMatchObject({ name: 'hello.txt', type: 'txt', bytes: 13 });
  expect(await viewer.page(entry)).toContain('hello, world');
  expect(pageOf(server.dir, server.scroll, entry.id)).toContain('hello, world');
  expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('hello, world\n');
});

test('several files are shown in order, and a missing one is reported', async () => {
  const files = [writeInput('1.txt', 'one'), 'nowhere.txt', writeInput('2.txt', 'two'), writeInput('3.txt', 'three')];
  const ended = await wp(['show', ...files], { dir: server.dir, cwd });
  expect(ended.code).toBe(1);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(ended.stderr).toContain('nowhere.txt');
  const [a = 0, b, c] = numbers(ended.stdout);
  expect([b, c]).toEqual([a + 1, a + 2]);
  for (const [i, name] of ['1.txt', '2.txt', '3.txt'].entries()) {
    await viewer.entry(name, (entry) => entry.n === a + i && entry.name === name && entry.status === 'ok');
  }
});

test('standard input is shown with type and title', async () => {
  const plain = await wp(['show'], { dir: server.dir, cwd, input: 'from a pipe\n' });
  expect(plain).toMatchObject({ code: 0, stderr: '' });
  expect(await shownEntry(plain.stdout)).toMatchObject({ type: 'txt', bytes: 12 });
  const typed = await wp(['show', '--type', 'csv', '--title', 'a <b>title</b>'], {
    dir: server.dir,
    cwd,
    input: 'a,b\n1,2\n',
  });
  expect(typed).toMatchObject({ code: 0, stderr: '' });
  expect(await shownEntry(typed.stdout)).toMatchObject({ type: 'csv', title: 'a <b>title</b>' });
  const as = await wp(['as', 'csv'], { dir: server.dir, cwd, input: 'a,b\n1,2\n' });
  expect(as.code).toBe(0);
  expect(await shownEntry(as.stdout)).toMatchObject({ type: 'csv' });
});

test('hostile names are only labels', async () => {
  const names = [
    'a b.txt',
    `quote'"s.txt`,
    'two\nlines.txt',
    'ünï ☃ 文.txt',
    '$(touch pwned).txt',
    '<script>alert(1)<b>.txt',
  ];
  for (const name of names) writeInput(name, 'content\n');
  const ended = await wp(['show', ...names], { dir: server.dir, cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const first = numbers(ended.stdout)[0] ?? 0;
  for (const [i, name] of names.entries()) {
    const entry = await viewer.entry(name, ({ n, status }) => n === first + i && status === 'ok');
    expect(entry.name).toBe(name);
    expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('content\n');
    expect(pageOf(server.dir, server.scroll, entry.id)).not.toContain('<script>alert(1)');
  }
  writeInput('-dash.txt', 'content\n');
  const dash = await wp(['show', '--', '-dash.txt'], { dir: server.dir, cwd });
  expect(dash).toMatchObject({ code: 0, stderr: '' });
  expect(await shownEntry(dash.stdout)).toMatchObject({ name: '-dash.txt' });
});

test('a directory is shown as one entry', async () => {
  mkdirSync(join(cwd, 'plots/inner'), { recursive: true });
  writeInput('plots/one.txt', '1');
  writeInput('plots/inner/two.txt', '2');
  const ended = await wp(['show', 'plots'], { dir: server.dir, cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const entry = await shownEntry(ended.stdout);
  expect(entry).toMatchObject({ name: 'plots', type: 'dir' });
  expect(await viewer.page(entry)).toContain('one.txt');
});

test('a file may be overwritten or deleted as soon as wp show has returned', async () => {
  const line = 'echo first >a.txt; wp show a.txt; echo second >a.txt; wp show a.txt; rm a.txt';
  const ended = await sh(line, { dir: server.dir, cwd });
  const [a = 0] = numbers(ended.stdout);
  const one = await viewer.entry('the first', (entry) => entry.n === a && entry.status === 'ok');
  const two = await viewer.entry('the second', (entry) => entry.n === a + 1 && entry.status === 'ok');
  expect(sourceOf(server.dir, server.scroll, one.id).toString()).toBe('first\n');
  expect(sourceOf(server.dir, server.scroll, two.id).toString()).toBe('second\n');
});

test('a file that the server cannot read is reported, and the others are shown', async () => {
  writeInput('odd.txt', 'x');
  writeInput('fine.txt', 'y');
  chmodSync(join(cwd, 'odd.txt'), 0o000);
  const ended = await wp(['show', 'odd.txt', 'fine.txt'], { dir: server.dir, cwd });
  // Root can read every file.
  expect(ended.code).toBe(process.getuid?.() === 0 ? 0 : 1);
  expect(ended.stdout).toContain(`/s/${server.scroll}/#`);
});

test('without a server, the error says how to start one', async () => {
  const ended = await wp(['show', writeInput('x.txt', 'x')], { dir: tempDir(), cwd });
  expect(ended.code).not.toBe(0);
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/wp run/);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('the spool is empty when everything is rendered', async () => {
  await until('an empty spool', () => spooled(server.dir).length === 0);
});
