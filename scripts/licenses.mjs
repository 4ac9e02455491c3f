/** The licences of the packages that a build has bundled. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The text of dist/licenses.txt.
 * @param {string} root the repository
 * @param {string[]} inputs the files that were bundled, relative to it (esbuild's metafile)
 */
export async function licensesOf(root, inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (found) folders.add(found[0]);
  }
  const parts = await Promise.all([...folders].sort().map((folder) => licenseOf(join(root, folder))));
  return `webpipe contains code of these packages.\n\n${parts.join('\n')}`;
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts = await Promise.all((await licenseFiles(folder)).map((file) => readFile(file, 'utf8')));
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
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
