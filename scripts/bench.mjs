/**
 * Measures: `npm run bench` runs bench/main.ts, or without it each bench/*.bench.ts, against a fresh build;
 * `npm run bench -- NAME…` passes the names on. A benchmark runs in the repository's root.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'bench');

const node = (file, args) => {
  // An extra certificate file costs every start of Node some 37 ms, which is not ours to measure.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return (
    spawnSync(process.execPath, [file, ...args], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ??
    1
  );
};

if (node(join(root, 'scripts/build.mjs'), []) !== 0) process.exit(1);

const files = existsSync(join(folder, 'main.ts'))
  ? ['main.ts']
  : (await readdir(folder)).filter((name) => name.endsWith('.bench.ts')).sort();
if (files.length === 0) throw new Error('bench: there is neither bench/main.ts nor bench/*.bench.ts');

// Inside node_modules, so that packages are found from there.
const cache = join(root, 'node_modules/.cache/webpipe');
await mkdir(cache, { recursive: true });
const out = await mkdtemp(join(cache, 'bench-'));
try {
  await build({
    entryPoints: files.map((file) => join(folder, file)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  for (const file of files) {
    process.exitCode ||= node(join(out, `${basename(file, '.ts')}.mjs`), process.argv.slice(2));
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
