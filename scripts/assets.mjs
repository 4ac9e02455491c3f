import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDERS = ['src/formats', 'src/web/kit'];

/**
 * The browser scripts and style sheets of pages, by the name that pages use for them: `pdf.js`, `pdf-worker.js`,
 * `image.css`. They are built from `client*.ts` and `client*.css` in a folder of a format or of the kit.
 * @param {string} root the repository
 * @returns {Promise<Record<string, string>>} absolute paths of the source files
 */
export async function assetEntries(root) {
  const entries = {};
  for (const parent of FOLDERS) {
    for (const folder of (await readdir(join(root, parent))).sort()) {
      for (const file of (await readdir(join(root, parent, folder)).catch(() => [])).sort()) {
        const match = /^client(-[\w-]+)?\.(ts|css)$/.exec(file);
        if (!match) continue;
        const name = `${folder}${match[1] ?? ''}.${match[2] === 'ts' ? 'js' : 'css'}`;
        if (entries[name])
          throw new Error(`assets: ${name} is made by ${entries[name]} and by ${parent}/${folder}/${file}`);
        entries[name] = join(root, parent, folder, file);
      }
    }
  }
  return entries;
}
