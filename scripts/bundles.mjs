/**
 * What is bundled, as options for esbuild: the programs, the viewer, and the scripts and style sheets of pages. `build.mjs`
 * writes them once; `dev.mjs` keeps them up to date.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { assetEntries } from './assets.mjs';

/**
 * @typedef {object} Bundle
 * @property {string} name for messages
 * @property {import('esbuild').BuildOptions} options
 *
 * @typedef {{ path: string, contents: Uint8Array }} OutputFile absolute path
 */

const PROGRAMS = {
  wp: 'src/node/cli/main.ts',
  worker: 'src/node/stages/worker.ts',
  layout: 'src/formats/dot/layout.ts',
};

/**
 * All bundles. Those whose name begins with `asset ` get names with a hash of their content (`hashAssets`).
 * @param {string} root the repository
 * @param {{ dev?: boolean, banner?: string }} options `dev`: with source maps and readable; `banner`: put before the viewer
 * @returns {Promise<Bundle[]>}
 */
export async function bundles(root, { dev = false, banner = '' } = {}) {
  const dist = join(root, 'dist');
  const common = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
  const programs = {
    ...common,
    entryPoints: PROGRAMS,
    outdir: dist,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node20',
    // Names stay, so that stack traces can be read.
    minifyWhitespace: !dev,
    minifySyntax: !dev,
    sourcemap: dev && 'linked',
    // CommonJS packages call require for what Node brings; ESM has none of its own.
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
    },
    // Optional native helpers of ws; debug tries supports-color, which only test tools bring.
    external: ['bufferutil', 'utf-8-validate', 'supports-color'],
  };
  const browser = {
    ...common,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: !dev,
    sourcemap: dev && 'inline',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Every browser of today takes the first form of a font.
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
    // A classic script has no address of its own; libraries that ask for it do without.
    logOverride: { 'empty-import-meta': 'silent' },
  };
  const viewer = (file, more) => ({
    ...browser,
    ...more,
    entryPoints: { viewer: `src/web/viewer/${file}` },
    outdir: join(dist, 'viewer'),
  });
  const assets = Object.entries(await assetEntries(root)).map(([name, entry]) => ({
    name: `asset ${name}`,
    options: {
      ...browser,
      entryPoints: { [name.slice(0, name.lastIndexOf('.'))]: entry },
      outdir: join(dist, 'assets'),
    },
  }));
  return [
    { name: 'programs', options: programs },
    { name: 'viewer', options: viewer('main.ts', { banner: { js: banner } }) },
    { name: 'viewer style', options: viewer('styles/viewer.css') },
    ...assets,
  ];
}

/** The page of the viewer, which is copied. */
export async function viewerPage(root) {
  return {
    path: join(root, 'dist/viewer/index.html'),
    contents: await readFile(join(root, 'src/web/viewer/index.html')),
  };
}

/**
 * Gives each asset a name with a hash of its content, since pages are kept and go on using the asset they were made with;
 * and adds `manifest.json`, which maps `pdf.js` to `pdf.1a2b3c4d.js`.
 * @param {readonly OutputFile[]} outputs @returns {OutputFile[]}
 */
export function hashAssets(outputs) {
  const manifest = {};
  const files = outputs.map(({ path, contents }) => {
    const ending = extname(path);
    const stem = basename(path, ending);
    if (manifest[stem + ending]) throw new Error(`build: two assets make ${stem}${ending}`);
    const name = `${stem}.${createHash('sha256').update(contents).digest('hex').slice(0, 8)}${ending}`;
    manifest[stem + ending] = name;
    return { path: join(dirname(path), name), contents };
  });
  const folder = dirname(files[0].path);
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  files.push({ path: join(folder, 'manifest.json'), contents: Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`) });
  return files;
}

/**
 * All output files of finished builds, in the order in which they are to be written: what a file refers to before itself.
 * @param {string} root @param {readonly { name: string, outputs: readonly OutputFile[] }[]} built
 * @returns {Promise<OutputFile[]>}
 */
export async function outputFiles(root, built) {
  const isEntry = ({ path }) => basename(path, '.js') in PROGRAMS;
  const programs = built.filter(({ name }) => name === 'programs').flatMap(({ outputs }) => outputs);
  const viewer = built.filter(({ name }) => name.startsWith('viewer')).flatMap(({ outputs }) => outputs);
  const assets = built.filter(({ name }) => name.startsWith('asset ')).flatMap(({ outputs }) => outputs);
  return [
    ...hashAssets(assets),
    ...viewer,
    await viewerPage(root),
    ...[...programs].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b))),
  ];
}
