/** The licences of the packages that a build has bundled. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The text of dist/licenses.txt.
 * @param {string} root the repository
 * @param {string[]} inputs the files that were bundled, relative to it (esbuild's metafile)
 */
export async function licensesOf(root, inputs) {
  /** By the folder of a package, the folders in it that files come from: fonts and tables have licences of their own. */
  const folders = new Map();
  for (const input of inputs) {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (!found) continue;
    const inside = folders.get(found[0]) ?? new Set([join(root, found[0])]);
    folders.set(found[0], inside.add(join(root, dirname(input))));
  }
  const parts = await Promise.all(
    [...folders.keys()].sort().map((folder) => licenseOf(join(root, folder), [...folders.get(folder)].sort())),
  );
  return `webpipe contains code of these packages.\n\n${parts.join('\n')}`;
}

async function licenseOf(folder, inside) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await Promise.all(inside.map(licenseFiles))).flat();
  // A folder that repeats the licence of its package adds nothing.
  const texts = [...new Set(await Promise.all(files.map((file) => readFile(file, 'utf8'))))];
  // Some say it only in the text itself.
  const said = license ?? (texts.some((text) => /^(?:The )?MIT License/.test(text.trim())) ? 'MIT' : undefined);
  return `${'-'.repeat(80)}\n${name} ${version} (${said})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
}

/** The files with licences in a package's folder, also those that it keeps in a folder of their own. */
async function licenseFiles(folder) {
  const found = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = await Promise.all(
    found.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
    }),
  );
  return files.flat();
}
