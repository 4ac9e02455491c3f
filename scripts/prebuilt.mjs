/**
 * Libraries that publish a minified bundle of themselves, which defines a global. A build copies it in front of the
 * script that imports the library: bundling these two again would take a third of the time of the build.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LIBRARIES = {
  mermaid: { bundle: 'dist/mermaid.min.js', global: 'mermaid' },
  'plotly.js-cartesian-dist-min': { bundle: 'plotly-cartesian.min.js', global: 'Plotly' },
};

const NAMESPACE = 'prebuilt';

/** The library that an input of esbuild's metafile stands for, or undefined. */
export function prebuiltLibrary(input) {
  return input.startsWith(`${NAMESPACE}:`) ? input.slice(NAMESPACE.length + 1) : undefined;
}

/**
 * A plugin for esbuild.
 * @param {string} root the repository
 * @returns {import('esbuild').Plugin}
 */
export function prebuiltLibraries(root) {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(?:${Object.keys(LIBRARIES).join('|')})$`) }, ({ path }) => ({
        path,
        namespace: NAMESPACE,
      }));
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: `export default globalThis.${LIBRARIES[path].global};`,
      }));
      build.onEnd(async ({ metafile, outputFiles = [] }) => {
        const names = Object.keys(metafile?.inputs ?? {}).flatMap((input) => prebuiltLibrary(input) ?? []);
        const bundles = await Promise.all(
          names.map((name) => readFile(join(root, 'node_modules', name, LIBRARIES[name].bundle))),
        );
        for (const file of outputFiles) file.contents = Buffer.concat([...bundles, file.contents]);
      });
    },
  };
}
