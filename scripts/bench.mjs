/**
 * `npm run bench` builds webpipe and runs bench/main.ts, or each bench/*.bench.ts if there is no main.ts, in the root of
 * the repository. `npm run bench -- NAME…` passes the names to the benchmark.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'bench');

/** Runs a script with Node and returns its exit status. */
const runNode = (file, args) => {
  // An extra certificate file adds some 37 ms to each start of Node and would distort the figures.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return (
    spawnSync(process.execPath, [file, ...args], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ??
    1
  );
};

/** Keeps the folder of each source file, from which the files of the repository are found. */
const keepDirname = {
  name: 'keep-dirname',
  setup(bundle) {
    bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};

if (runNode(join(root, 'scripts/build.mjs'), []) !== 0) process.exit(1);

const files = existsSync(join(folder, 'main.ts'))
  ? ['main.ts']
  : (await readdir(folder)).filter((name) => name.endsWith('.bench.ts')).sort();
if (files.length === 0) throw new Error('bench: there is neither bench/main.ts nor bench/*.bench.ts');

// Inside node_modules, so that Node resolves packages from there.
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
    plugins: [keepDirname],
    logLevel: 'error',
  });
  for (const file of files) {
    process.exitCode ||= runNode(join(out, `${basename(file, '.ts')}.mjs`), process.argv.slice(2));
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
