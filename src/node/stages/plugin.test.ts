import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import type { RenderJob } from './job.ts';
import { findPlugins, type PluginLimits, runPlugin } from './plugin.ts';

const dir = mkdtempSync(join(tmpdir(), 'wp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const id = 'ab'.repeat(16);
const home = join(dir, id);

beforeEach(() => {
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
  mkdirSync(join(home, 'source'), { recursive: true });
  writeFileSync(join(home, 'source/a.x'), 'content');
});

/** Runs a plugin that consists of these lines of shell script. */
function run(script: string, limits?: PluginLimits) {
  const path = join(dir, 'render');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const job: RenderJob = {
    id,
    renderer: '',
    path: join(home, 'source/a.x'),
    name: 'a.x',
    type: 'x',
    host: 'here',
    bytes: 7,
    open: false,
    source: `${id}/source/a.x`,
    dir: home,
  };
  return runPlugin(path, job, limits);
}

const page = () => readFileSync(`${home}.html`, 'utf8');

function isAlive(pid: string): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
  } catch {
    return false;
  }
}

test('page and assets are moved to the entry, the page starts with our script, and no temporary file remains', async () => {
  const result = await run(
    'mkdir "$2"; echo data >"$2/data.txt"; mkdir "$2/source"; echo "<html><head lang=x><header>$(cat "$1")" >"$2.html"',
  );
  expect(result).toMatchObject({ ok: true });
  expect(page()).toMatch(/^<html><head lang=x><script>.*<\/script><header>content\n$/s);
  expect(readdirSync(home).sort()).toEqual(['data.txt', 'source']);
  // A file named like the folder of the original is not taken for it.
  expect(readFileSync(join(home, 'source/a.x'), 'utf8')).toBe('content');
  expect(existsSync(`${home}.plugin`)).toBe(false);
});

test.each([
  ['<p>x', '<!doctype html><script>'],
  ['<!doctype html><title>x</title>', '<!doctype html><script>'],
  ['<!doctype html><html lang="de"><body>', '<!doctype html><html lang="de"><script>'],
  ['<!DOCTYPE html><HTML><HEAD>', '<!DOCTYPE html><HTML><HEAD><script>'],
])('the page %s begins with %s', async (html, start) => {
  await run(`printf '%s' '${html}' >"$2.html"`);
  expect(page().startsWith(start)).toBe(true);
});

test('output of an earlier attempt does no harm', async () => {
  mkdirSync(join(home, 'deep/er'), { recursive: true });
  writeFileSync(join(home, 'deep/er/x'), 'old');
  mkdirSync(`${home}.plugin`);
  writeFileSync(join(`${home}.plugin`, `${id}.html`), 'old');
  expect(await run('exit 0')).toMatchObject({ ok: false });
  expect(await run('mkdir -p "$2/deep/er"; echo new >"$2/deep/er/y"; echo p >"$2.html"')).toMatchObject({ ok: true });
  expect(readdirSync(join(home, 'deep/er'))).toEqual(['y']);
});

test.each([
  ['echo why >&2; exit 7', 'ended with code 7', 'why\n'],
  ['kill -SEGV $$', 'ended by SIGSEGV', ''],
  ['echo x >other.html', 'wrote no', ''],
  ['ln -s /etc/passwd "$2.html"', 'not a plain file', ''],
  ['truncate -s 1G "$2.html"', 'wrote a page of 1073741824 bytes', ''],
])('%s: %s', async (script, error, detail) => {
  const result = await run(script);
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining(error) });
  if (!result.ok) expect(result.detail).toBe(detail);
  expect(existsSync(`${home}.html`)).toBe(false);
});

test('all of its standard error is read', async () => {
  const result = await run('i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 1');
  expect(result.ok ? '' : result.detail).toMatch(/line 1999\n$/);
});

test('a plugin that takes too long is killed with its children, even if it ignores signals', async () => {
  const timeLimit = scaled(1000);
  const result = await run(`trap '' TERM; sleep 765 & echo $! >${dir}/pid; while :; do sleep 1; done`, { timeLimit });
  const error = `the plugin x took longer than ${timeLimit / 1000} s and was ended`;
  expect(result).toMatchObject({ ok: false, error });
  expect(isAlive(readFileSync(join(dir, 'pid'), 'utf8').trim())).toBe(false);
});

test('a large output is read to the end, and only the last part is kept', async () => {
  const result = await run('head -c 30000000 /dev/zero; head -c 3000000 /dev/zero | tr "\\0" e >&2; exit 1');
  expect(result.ok ? 0 : result.detail?.length).toBe(64 * 1024);
});

test('a child in another process group that keeps the pipes open causes no delay', async () => {
  const script = `setsid sh -c 'echo $$ >${dir}/pid; exec sleep 765' &
    while [ ! -s ${dir}/pid ]; do sleep 0.01; done; echo page >"$2.html"`;
  expect(await run(script)).toMatchObject({ ok: true });
  const child = readFileSync(join(dir, 'pid'), 'utf8').trim();
  expect(isAlive(child)).toBe(true);
  process.kill(Number(child));
});

test('it is ended when webpipe exits', async () => {
  const controller = new AbortController();
  const running = run(`echo $$ >${dir}/pid; sleep 876`, { signal: controller.signal });
  while (!existsSync(join(dir, 'pid')) || !readFileSync(join(dir, 'pid'), 'utf8').trim())
    await new Promise((settle) => setTimeout(settle, 10));
  controller.abort();
  const error = expect.stringContaining('was ended because webpipe stopped') as string;
  expect(await running).toMatchObject({ ok: false, error });
  expect(await run('sleep 876', { signal: controller.signal })).toMatchObject({ ok: false });
});

test('plugins are executables named render in folders', async () => {
  for (const [name, mode] of [
    ['a', 0o755],
    ['b', 0o644],
  ] as const) {
    mkdirSync(join(dir, 'p', name), { recursive: true });
    writeFileSync(join(dir, 'p', name, 'render'), '', { mode });
  }
  mkdirSync(join(dir, 'p/empty'));
  symlinkSync('/nowhere', join(dir, 'p/broken'));
  // Root can execute a file if any x bit is set.
  expect([...findPlugins(join(dir, 'p')).keys()]).toEqual(['a']);
  expect(findPlugins(join(dir, 'nowhere')).size).toBe(0);
});
