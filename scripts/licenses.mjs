/** Collects the licences of the packages that a build has bundled. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { prebuiltLibrary } from './prebuilt.mjs';

/**
 * The text of dist/licenses.txt.
 * @param {string} root the repository
 * @param {string[]} inputs the files that were bundled, relative to it (esbuild's metafile)
 */
export async function licensesOf(root, inputs) {
  // Maps the folder of each package to the folders inside it that contain bundled files, because fonts and tables may have
  // licences of their own.
  const folders = new Map();
  const add = (folder, inside) =>
    folders.set(folder, (folders.get(folder) ?? new Set([join(root, folder)])).add(inside));
  for (const input of inputs) {
    const library = prebuiltLibrary(input);
    if (library) for (const folder of withDependencies(root, library)) add(folder, join(root, folder));
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (match) add(match[0], join(root, dirname(input)));
  }
  const parts = await Promise.all(
    [...folders.keys()].sort().map((folder) => licenseOf(join(root, folder), [...folders.get(folder)].sort())),
  );
  return `webpipe contains code of these packages.\n\n${parts.join('\n')}`;
}

/** The folders, relative to the root, of an installed package and of all its direct and indirect dependencies. */
function withDependencies(root, name, dependent = '.', found = new Set()) {
  let parent = dependent;
  while (parent !== '.' && !existsSync(join(root, parent, 'node_modules', name))) parent = dirname(parent);
  const folder = join(parent, 'node_modules', name);
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) withDependencies(root, dependency, folder, found);
  return found;
}

async function licenseOf(folder, inside) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await Promise.all(inside.map(licenseFiles))).flat();
  // A set, because a folder may repeat the licence of its package.
  const texts = [...new Set(await Promise.all(files.map((file) => readFile(file, 'utf8'))))];
  // Some packages name their licence only in its text.
  const licenseName = license ?? (texts.some((text) => /^(?:The )?MIT License/.test(text.trim())) ? 'MIT' : undefined);
  return `${'-'.repeat(80)}\n${name} ${version} (${licenseName})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
}

/** The licence files in a folder of a package, including those in a subfolder for licences. */
async function licenseFiles(folder) {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
    }),
  );
  return files.flat();
}
