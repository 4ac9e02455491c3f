/**
 * The bundles, as options for esbuild: the programs, the viewer, and the scripts and style sheets of pages. `build.mjs`
 * writes them once; `dev.mjs` keeps them up to date.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { assetEntries } from './assets.mjs';
import { prebuiltLibraries } from './prebuilt.mjs';

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
    // Keep names, so that stack traces are readable.
    minifyWhitespace: !dev,
    minifySyntax: !dev,
    sourcemap: dev && 'linked',
    // CommonJS packages call require for Node's modules; ES modules have no require.
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
    },
    // Optional packages: the native helpers of ws, and supports-color, which only test tools install.
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
    // Current browsers use the first format of a font.
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
    // A classic script has no import.meta.url; libraries work without it.
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
      // In development, copies would shift the lines of source maps.
      plugins: dev ? [] : [prebuiltLibraries(root)],
    },
  }));
  return [
    { name: 'programs', options: programs },
    { name: 'viewer', options: viewer('main.ts', { banner: { js: banner } }) },
    { name: 'viewer style', options: viewer('styles/viewer.css') },
    ...assets,
  ];
}

/** The page of the viewer, which is copied unchanged. */
export async function viewerPage(root) {
  return {
    path: join(root, 'dist/viewer/index.html'),
    contents: await readFile(join(root, 'src/web/viewer/index.html')),
  };
}

/**
 * Gives each asset a name with a hash of its content, since stored pages keep using the assets they were made with.
 * Adds `manifest.json`, which maps `pdf.js` to `pdf.1a2b3c4d.js`.
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
 * All output files of finished builds, in the order in which to write them: a file comes after the files that it refers
 * to.
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
