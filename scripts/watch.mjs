/**
 * Builds dist/ for development, and again whenever a file in src/ changes: with source maps, and only the bundles that
 * are affected.
 */
import { watch } from 'node:fs';
import { join, relative } from 'node:path';
import { context } from 'esbuild';
import { bundles, outputFiles } from './bundles.mjs';
import { writeDist } from './dist.mjs';
import { generate } from './generate.mjs';

/** The files in src/ from which other files are generated. */
const GENERATED_FROM =
  /^src\/(?:formats\/[^/]+\/format\.ts$|web\/page-script\/|shared\/(?:page-messages|shortcuts)\.ts$)/;

/** How long to wait for further changes, milliseconds, because editors write a file in several steps. */
const QUIET = 40;

/**
 * @param {string} root the repository
 * @param {object} options
 * @param {() => void | Promise<void>} options.onBuilt called after each build
 * @param {() => Promise<void>} [options.beforeWrite] called after each build, before its files replace the old ones
 * @param {(outputs: readonly { path: string, contents: Uint8Array }[]) => typeof outputs} [options.transform] changes
 *   files before they are written
 * @param {readonly string[]} [options.files] further files to watch
 * @returns {Promise<{ close(): Promise<void> }>}
 */
export async function watchBuild(root, { onBuilt, beforeWrite, transform = (outputs) => outputs, files = [] }) {
  await generate();
  const built = [];
  for (const { name, options } of await bundles(root, { dev: true })) {
    built.push({ name, context: await context(options), inputs: new Set(), outputs: [] });
  }

  async function rebuild(changed) {
    const startedAt = new Date();
    const isFirst = changed.length === 0;
    if (changed.some((path) => GENERATED_FROM.test(path))) await generate();
    const concerned = built.filter(({ inputs }) => isFirst || changed.some((path) => inputs.has(path)));
    await Promise.all(
      concerned.map(async (bundle) => {
        const result = await bundle.context.rebuild();
        bundle.inputs = new Set(Object.keys(result.metafile.inputs));
        bundle.outputs = result.outputFiles;
      }),
    );
    const outputs = transform(await outputFiles(root, built));
    await beforeWrite?.();
    await writeDist(join(root, 'dist'), outputs, { startedAt });
    await onBuilt();
    process.stderr.write(`built in ${((Date.now() - startedAt.getTime()) / 1000).toFixed(1)} s\n`);
  }

  const pending = new Set();
  let running = Promise.resolve();
  let timer;
  const onChange = (path) => {
    pending.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(async () => {
        if (pending.size === 0) return;
        const changed = [...pending];
        pending.clear();
        // esbuild has printed its errors; the next save builds again.
        await rebuild(changed).catch((error) => error.errors ?? process.stderr.write(`${error.stack}\n`));
      });
    }, QUIET);
  };
  const watchers = [
    watch(
      join(root, 'src'),
      { recursive: true },
      (_, name) => name && !name.endsWith('~') && onChange(join('src', name)),
    ),
    ...files.map((file) => watch(file, () => onChange(relative(root, file)))),
  ];
  await rebuild([]);
  return {
    async close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await running;
      await Promise.all(built.map((bundle) => bundle.context.dispose()));
    },
  };
}
