import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chrootProblem, inChroot, makeChroot } from './support/chroot.ts';
import { watch } from './support/viewer.ts';
import { start, until } from './support/wp.ts';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const target = `${process.platform}-${process.arch}`;
const releaseDir = mkdtempSync(join(tmpdir(), 'wp package '));
const clone = join(releaseDir, 'clone');
const prefix = join(releaseDir, 'prefix');
const installed = join(prefix, 'lib/node_modules/webpipe');
const problem = chrootProblem();

beforeAll(() => {
  // Use a copy, because packing removes files of earlier builds from dist/, which other tests use.
  cpSync(root, clone, {
    recursive: true,
    filter: (path) => !/^(?:node_modules|dist|release|\.git|test|[^/]*\.tgz)$/.test(relative(root, path)),
  });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  execFileSync(process.execPath, ['scripts/package.mjs', '--output', releaseDir, 'npm', ...(problem ? [] : [target])], {
    cwd: clone,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Offline and with an empty cache, so that an installation with dependencies fails.
  execFileSync(
    'npm',
    [
      'install',
      '--global',
      '--offline',
      '--prefix',
      prefix,
      '--loglevel=error',
      join(releaseDir, `webpipe-${version}.tgz`),
    ],
    {
      cwd: clone,
      env: { ...process.env, npm_config_cache: join(releaseDir, 'cache') },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
});
afterAll(() => rmSync(releaseDir, { recursive: true, force: true }));

test('the installed wp runs from its own folder', () => {
  const output = execFileSync(join(prefix, 'bin/wp'), ['version'], { cwd: releaseDir, encoding: 'utf8' });
  expect(output).toContain(version);
});

test('the package contains what is needed to run, and no sources or tools', () => {
  for (const name of [
    'wp',
    'dist/wp.js',
    'dist/worker.js',
    'dist/viewer/index.html',
    'dist/assets/manifest.json',
    'dist/licenses.txt',
    'LICENSE',
    'README.md',
  ]) {
    expect(existsSync(join(installed, name)), name).toBe(true);
  }
  for (const name of ['src', 'test', 'scripts', 'bench', 'node_modules', 'docs/gallery']) {
    expect(existsSync(join(installed, name)), name).toBe(false);
  }
});

test('the package has no dependencies and no scripts', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as object;
  expect(Object.keys(manifest).filter((name) => /dependencies$|^scripts$|^private$/i.test(name))).toEqual([]);
});

test('the package is smaller than 6 MB', () => {
  expect(statSync(join(releaseDir, `webpipe-${version}.tgz`)).size).toBeLessThan(6_000_000);
});

test('SHA256SUMS has the checksum of each file', () => {
  const lines = readFileSync(join(releaseDir, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(problem ? 1 : 2);
  for (const line of lines) {
    const [checksum, name = ''] = line.split('  ');
    expect(
      createHash('sha256')
        .update(readFileSync(join(releaseDir, name)))
        .digest('hex'),
    ).toBe(checksum);
  }
});

describe.skipIf(problem)(`the archive for ${target}${problem ? ` (skipped: ${problem})` : ''}`, () => {
  const debian = join(releaseDir, 'debian');
  const folder = `webpipe-${version}-${target}`;

  beforeAll(() => {
    makeChroot(debian);
    execFileSync('tar', ['-xzf', join(releaseDir, `${folder}.tar.gz`), '-C', join(debian, 'opt')]);
  });

  test('runs on a machine without Node and shows a file', async () => {
    writeFileSync(join(debian, 'tmp/notes.md'), '# Shown without Node\n');
    const script = `
      export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
      cd /tmp
      ! command -v node
      wp=/opt/${folder}/wp
      $wp version
      $wp start --xrender-port 0 --http-port 0
      $wp show notes.md
      read -r _ || :
      $wp stop`;
    const [command, args] = inChroot(debian, script);
    const session = start(command, args, { dir: releaseDir, env: { WEBPIPE_DIR: '/root/webpipe' }, input: 'open' });
    const address = /^http:\/\/localhost:(\d+)\/s\/([^/]+)\/#1$/m;
    await until('the address of the entry', () => {
      if (session.child.exitCode !== null) throw new Error(`the session ended: ${session.stderr()}`);
      return address.test(session.stdout());
    });
    const [, httpPort, scroll = ''] = address.exec(session.stdout()) ?? [];
    const viewer = await watch({ httpPort: Number(httpPort), scroll });
    const entry = await viewer.entry('the rendered notes', ({ status }) => status === 'ok');
    expect(await viewer.page(entry)).toContain('Shown without Node');
    session.child.stdin?.end('\n');
    const { code, stdout, stderr } = await session.ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout.split('\n')[0]).toBe(version);
  });

  test('has the licences of webpipe, Node and the bundled packages', () => {
    for (const name of ['LICENSE', 'node/LICENSE', 'dist/licenses.txt']) {
      expect(statSync(join(debian, 'opt', folder, name)).size, name).toBeGreaterThan(500);
    }
  });
});
