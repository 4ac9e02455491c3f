/**
 * Builds dist/ from src/:
 *
 *     dist/wp.js, dist/worker.js    the command and the process that renders; parts loaded on demand lie beside them,
 *                                   so that `new URL('.', import.meta.url)` is dist/ wherever the code came from
 *     dist/layout.js                the thread that lays a graph out
 *     dist/viewer/                  the page
 *     dist/assets/                  what rendered pages share, named by content, and manifest.json
 *     dist/licenses.txt             the licences of what is bundled
 *     dist/.built                   its time is the time of the build
 *
 * Files are written beside and renamed, and parts of earlier builds stay for a day, since a wp that runs may still load
 * them; `--clean` removes them now.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { assetEntries } from './assets.mjs';
import { generate } from './generate.mjs';
import { licensesOf } from './licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const DAY = 24 * 3600_000;

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** The programs: ESM in parts, so that a command loads only what it needs. */
const programs = async () => {
  const entries = {
    wp: 'src/node/cli/main.ts',
    worker: 'src/node/stages/worker.ts',
    layout: 'src/formats/dot/layout.ts',
  };
  const result = await build({
    ...common,
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file)))),
    outdir: dist,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node20',
    // CommonJS packages call require for what Node brings; ESM has none of its own.
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
    },
    // Native helpers that ws tries and does without.
    external: ['bufferutil', 'utf-8-validate'],
  });
  // The entries last: what they refer to is there when they are.
  const last = (file) => Number(basename(file.path, '.js') in entries);
  return { metafile: result.metafile, files: result.outputFiles.sort((a, b) => last(a) - last(b)) };
};

const browser = {
  ...common,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  // Of the forms that a font comes in, every browser of today takes the first.
  loader: {
    '.woff2': 'dataurl',
    '.woff': 'empty',
    '.ttf': 'empty',
    '.svg': 'dataurl',
    '.png': 'dataurl',
    '.pfb': 'binary',
    '.bcmap': 'binary',
    '.wasm': 'binary',
  },
  // A classic script has no address of its own; those that ask for it do without.
  logOverride: { 'empty-import-meta': 'silent' },
};

/** The viewer: one script, one style sheet, one page. */
const viewer = async () => {
  const source = join(root, 'src/web/viewer');
  const first = (...names) => names.map((name) => join(source, name)).find((file) => existsSync(file));
  const script = first('main.tsx', 'main.ts');
  if (!script) return { metafile: { inputs: {} }, files: [] };
  const result = await build({ ...browser, entryPoints: { viewer: script }, outdir: join(dist, 'viewer') });
  const style = first('viewer.css');
  const styled = style && (await build({ ...browser, entryPoints: { viewer: style }, outdir: join(dist, 'viewer') }));
  const page = first('index.html');
  return {
    metafile: { inputs: { ...result.metafile.inputs, ...styled?.metafile.inputs } },
    files: [
      ...result.outputFiles,
      ...(styled?.outputFiles ?? []),
      ...(page ? [{ path: join(dist, 'viewer/index.html'), contents: await readFile(page) }] : []),
    ],
  };
};

/**
 * The scripts and style sheets of pages: `client.ts` of a format or of a part of the page kit is built to `<folder>.js`,
 * `client-worker.ts` to `<folder>-worker.js`, and style sheets likewise. Pages are kept, so each content has its own name.
 */
const assets = async () => {
  const entries = await assetEntries(root);
  const inputs = {};
  const files = [];
  const manifest = {};
  const built = await Promise.all(
    Object.entries(entries).map(([name, entry]) =>
      build({
        ...browser,
        entryPoints: { [name.slice(0, name.lastIndexOf('.'))]: entry },
        outdir: join(dist, 'assets'),
      }),
    ),
  );
  for (const result of built) {
    Object.assign(inputs, result.metafile.inputs);
    for (const { path, contents } of result.outputFiles) {
      const ending = extname(path);
      const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8);
      const stem = basename(path, ending);
      if (manifest[stem + ending]) throw new Error(`build: two assets make ${stem}${ending}`);
      manifest[stem + ending] = `${stem}.${hash}${ending}`;
      files.push({ path: join(dirname(path), `${stem}.${hash}${ending}`), contents });
    }
  }
  files.push({
    path: join(dist, 'assets/manifest.json'),
    contents: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
  });
  return { metafile: { inputs }, files };
};

/** Writes a file whole or not at all; one that is the same stays. */
async function put({ path, contents }) {
  const present = await readFile(path).catch(() => undefined);
  if (present && Buffer.compare(present, contents) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}~`, contents);
  await rename(`${path}.${process.pid}~`, path);
}

/** Removes what earlier builds left and nobody can be using any more. */
async function clean(kept, olderThan) {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || kept.has(path)) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs <= olderThan) await rm(path, { force: true });
  }
}

async function main() {
  await generate();
  const started = new Date();
  const parts = await Promise.all([programs(), viewer(), assets()]);
  const files = parts.flatMap((part) => part.files);
  const inputs = parts.flatMap((part) => Object.keys(part.metafile.inputs));
  files.push({ path: join(dist, 'licenses.txt'), contents: Buffer.from(await licensesOf(root, inputs)) });
  for (const file of files) await put(file);

  const stamp = join(dist, '.built');
  await writeFile(stamp, '');
  // What is changed while we build is newer than the build.
  await utimes(stamp, started, started);
  const kept = new Set([stamp, ...files.map((file) => file.path)]);
  await clean(kept, process.argv.includes('--clean') ? Date.now() : Date.now() - DAY);

  const size = files.reduce((sum, file) => sum + file.contents.length, 0);
  const seconds = ((Date.now() - started.getTime()) / 1000).toFixed(1);
  process.stderr.write(
    `built ${relative(root, dist)}/: ${files.length} files, ${(size / 1024).toFixed(0)} KiB, ${seconds} s\n`,
  );
}

main().catch((error) => {
  // esbuild has said already where the fault is.
  process.stderr.write(`${error.errors ? 'build: failed' : (error.stack ?? error)}\n`);
  process.exitCode = 1;
});
