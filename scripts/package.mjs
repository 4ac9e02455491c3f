/**
 * Makes the files of a release, in release/, and `SHA256SUMS` with their checksums:
 *
 *     webpipe-VERSION.tgz              the npm package
 *     webpipe-VERSION-TARGET.tar.gz    a self-contained archive with Node in it, one for each target
 *
 *     node scripts/package.mjs [--output DIR] [npm | linux-x64 | linux-arm64 | darwin-x64 | darwin-arm64]...
 *
 * Without targets it makes all of them. Node comes from the npm registry; `packaging/node.json` has its version and the
 * integrity values of its packages.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { publishedManifest } from './manifest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = readJson('package.json');
const node = readJson('packaging/node.json');

/** Runs a command. Returns its standard output and shows its standard error. */
function run(command, args, cwd = root) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Copies the files of the published package to `folder`. */
function stage(folder) {
  const excluded = manifest.files.filter((name) => name.startsWith('!')).map((name) => join(root, name.slice(1)));
  for (const name of manifest.files.filter((entry) => !entry.startsWith('!'))) {
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (path) => !excluded.includes(path) && basename(path) !== '__pycache__',
    });
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
}

/** Makes the npm package from the staged files and returns its path. */
function packNpm(staged, output) {
  return join(output, run('npm', ['pack', '--silent', '--pack-destination', output], staged).trim());
}

/** Fetches Node for `target`, checks its integrity and puts the program and its licence into `folder`. */
function addNode(target, folder, work) {
  const { name, integrity } = node.packages[target];
  const archive = join(
    work,
    run('npm', ['pack', '--silent', '--pack-destination', work, `${name}@${node.version}`]).trim(),
  );
  const actual = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (actual !== integrity) {
    throw new Error(
      `package: ${name}@${node.version}: its integrity is ${actual}; packaging/node.json has ${integrity}`,
    );
  }
  const unpacked = join(work, `node-${target}`);
  mkdirSync(unpacked);
  run('tar', ['-xzf', archive, '-C', unpacked]);
  mkdirSync(join(folder, 'node/bin'), { recursive: true });
  cpSync(join(unpacked, 'package/bin/node'), join(folder, 'node/bin/node'));
  chmodSync(join(folder, 'node/bin/node'), 0o755);
  cpSync(join(unpacked, 'package/LICENSE'), join(folder, 'node/LICENSE'));
}

/** Makes the archive for `target` from the staged files and returns its path. */
function packArchive(target, staged, output, work) {
  const name = `webpipe-${manifest.version}-${target}`;
  const folder = join(work, name);
  cpSync(staged, folder, { recursive: true });
  addNode(target, folder, work);
  const archive = join(output, `${name}.tar.gz`);
  run('tar', ['-czf', archive, '-C', work, name]);
  return archive;
}

function checksums(paths) {
  const lines = paths.map((path) => {
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    return `${digest}  ${basename(path)}\n`;
  });
  return lines.join('');
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { output: { type: 'string' } } });
  const all = ['npm', ...Object.keys(node.packages)];
  const unknown = positionals.find((target) => !all.includes(target));
  if (unknown) throw new Error(`package: ${unknown}: unknown target; use ${all.join(', ')}`);
  const output = resolve(values.output ?? join(root, 'release'));
  const work = mkdtempSync(join(tmpdir(), 'wp-package-'));
  try {
    run(process.execPath, [join(root, 'scripts/build.mjs'), '--clean']);
    const staged = join(work, 'package');
    mkdirSync(staged);
    stage(staged);
    mkdirSync(output, { recursive: true });
    const paths = (positionals.length ? positionals : all).map((target) =>
      target === 'npm' ? packNpm(staged, output) : packArchive(target, staged, output, work),
    );
    writeFileSync(join(output, 'SHA256SUMS'), checksums(paths));
    for (const path of [...paths, join(output, 'SHA256SUMS')]) console.log(path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
