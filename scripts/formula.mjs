/**
 * Writes the Homebrew formula of a release, after `npm run package`:
 *
 *     node scripts/formula.mjs URL [DIR]
 *
 * URL is the folder that the archives will be downloaded from; DIR, `release` by default, has them and their SHA256SUMS.
 * The formula is DIR/webpipe.rb.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [base, folder = join(root, 'release')] = process.argv.slice(2);

/** The values of the template's placeholders, by name. */
function placeholders() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const values = { VERSION: version, BASE: base.replace(/\/$/, '') };
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm);
  for (const [, checksum, name] of sums) {
    const target = /-((?:linux|darwin)-\w+)\.tar\.gz$/.exec(name)?.[1];
    if (target) values[target.replace('-', '_').toUpperCase()] = checksum;
  }
  return values;
}

if (!base) {
  process.stderr.write('formula: the URL of the archives is missing; use: node scripts/formula.mjs URL [DIR]\n');
  process.exit(2);
}
const values = placeholders();
const formula = readFileSync(join(root, 'packaging/homebrew/webpipe.rb'), 'utf8')
  .replace(/^#.*\n/, '')
  .replace(/@([A-Z0-9_]+)@/g, (_, name) => {
    if (values[name]) return values[name];
    throw new Error(`formula: no archive for ${name} in ${join(folder, 'SHA256SUMS')}; run npm run package`);
  });
writeFileSync(join(folder, 'webpipe.rb'), formula);
