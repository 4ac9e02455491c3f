/** Collects the licences of the packages that a build has bundled. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The text of dist/licenses.txt.
 * @param {string} root the repository
 * @param {string[]} inputs the files that were bundled, relative to it (esbuild's metafile)
 */
export async function licensesOf(root, inputs) {
  // Maps the folder of each package to the folders inside it that contain bundled files, because fonts and tables may have
  // licences of their own.
  const folders = new Map();
  for (const input of inputs) {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (!match) continue;
    const inside = folders.get(match[0]) ?? new Set([join(root, match[0])]);
    folders.set(match[0], inside.add(join(root, dirname(input))));
  }
  const parts = await Promise.all(
    [...folders.keys()].sort().map((folder) => licenseOf(join(root, folder), [...folders.get(folder)].sort())),
  );
  return `webpipe contains code of these packages.\n\n${parts.join('\n')}`;
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
