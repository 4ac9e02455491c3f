/**
 * Builds dist/ from src/:
 *
 *     dist/wp.js, dist/worker.js    the command and the process that renders; modules loaded on demand are beside them,
 *                                   so that `new URL('.', import.meta.url)` is dist/ in all of them
 *     dist/layout.js                the thread that lays out graphs
 *     dist/viewer/                  the viewer
 *     dist/assets/                  scripts and style sheets of pages, named by content, and manifest.json
 *     dist/licenses.txt             the licences of what is bundled
 *     dist/.built                   its modification time is the time of the build
 *
 * Files are replaced atomically. Those of earlier builds stay for a day, since a running wp may still load them;
 * `--clean` removes them now.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundles, outputFiles } from './bundles.mjs';
import { writeDist } from './dist.mjs';
import { generate } from './generate.mjs';
import { licensesOf } from './licenses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main() {
  const startedAt = new Date();
  await generate();
  const results = await Promise.all(
    (await bundles(root)).map(async ({ name, options }) => ({ name, result: await build(options) })),
  );
  const inputs = results.flatMap(({ result }) => Object.keys(result.metafile.inputs));
  const files = await outputFiles(
    root,
    results.map(({ name, result }) => ({ name, outputs: result.outputFiles })),
  );
  files.push({ path: `${root}dist/licenses.txt`, contents: Buffer.from(await licensesOf(root, inputs)) });
  await writeDist(`${root}dist`, files, { startedAt, clean: process.argv.includes('--clean') });

  const size = files.reduce((sum, file) => sum + file.contents.length, 0);
  const seconds = ((Date.now() - startedAt.getTime()) / 1000).toFixed(1);
  process.stderr.write(
    `built ${relative(root, `${root}dist`)}/: ${files.length} files, ${(size / 1024).toFixed(0)} KiB, ${seconds} s\n`,
  );
}

main().catch((error) => {
  // esbuild has printed its errors already.
  process.stderr.write(`${error.errors ? 'build: failed' : (error.stack ?? error)}\n`);
  process.exitCode = 1;
});
