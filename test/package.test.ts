import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const place = mkdtempSync(join(tmpdir(), 'wp package '));
const clone = join(place, 'clone');
const prefix = join(place, 'prefix');
const installed = join(prefix, 'lib/node_modules/webpipe');

function npm(...args: string[]): string {
  return execFileSync('npm', [...args, '--loglevel=error'], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, npm_config_cache: join(place, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(() => {
  // A copy, since packing builds anew and cleans up, and other tests are using dist/ meanwhile.
  cpSync(root, clone, {
    recursive: true,
    filter: (path) => !/^(?:node_modules|dist|\.git|test|[^/]*\.tgz)$/.test(relative(root, path)),
  });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  npm('pack', '--pack-destination', place);
  npm('install', '--global', '--offline', '--prefix', prefix, join(place, `webpipe-${version}.tgz`));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the installed wp answers, from its own folder', () => {
  const said = execFileSync(join(prefix, 'bin/wp'), ['version'], { cwd: place, encoding: 'utf8' });
  expect(said).toContain(version);
});

test('the package holds what runs, and none of what builds it', () => {
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
  for (const name of ['src', 'test', 'scripts', 'bench', 'node_modules']) {
    expect(existsSync(join(installed, name)), name).toBe(false);
  }
});

test('the package is small enough to be copied anywhere', () => {
  expect(statSync(join(place, `webpipe-${version}.tgz`)).size).toBeLessThan(4_000_000);
});
