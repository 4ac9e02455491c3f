/**
 * The checks of `npm test` that are not tests. Each resolves to undefined if it passes, to `skipped` if it cannot be
 * run here, else to a text that describes the problem.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedManifest } from './manifest.mjs';
import { missingTools } from './tools.mjs';
import { forbiddenWords } from './words.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The result of a check that cannot be run here. */
export const skipped = Symbol('skipped');

/** Runs a program to its end. Returns whether it succeeded, and what it printed. */
function run(command, args) {
  return new Promise((resolve) => {
    const options = { cwd: root, timeout: 30 * 60_000, maxBuffer: 256 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const failure = error && typeof error.code !== 'number' ? `${error.message}\n` : '';
      resolve({ ok: !error, stdout, output: `${stdout}${stderr}${failure}` });
    });
  });
}

/** A check by a tool that prints the problems and exits with a non-zero status. */
const passes =
  (command, ...args) =>
  async () => {
    const { ok, output } = await run(command, args);
    return ok ? undefined : output || `${command} failed`;
  };

const tool = (name, ...args) => passes(join(root, 'node_modules/.bin', name), ...args);
const script = (name, ...args) => passes(process.execPath, join(root, 'scripts', name), ...args);
const trackedFiles = () =>
  spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    .stdout.split('\0')
    .filter((name) => name && existsSync(join(root, name)));

/** Imports between folders. A tool that cannot read TypeScript would find no modules, and so no violations. */
async function imports() {
  const { stdout, output } = await run(join(root, 'node_modules/.bin/depcruise'), ['src', '--output-type', 'json']);
  if (!stdout.startsWith('{')) return output;
  const { modules, summary } = JSON.parse(stdout);
  const read = modules.filter((module) => /^src\/.*\.tsx?$/.test(module.source)).length;
  const there = trackedFiles().filter((name) => /^src\/.*\.tsx?$/.test(name)).length;
  if (read === 0 || read < there) return `dependency-cruiser read ${read} of the ${there} modules in src/`;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).join('\n') || undefined;
}

function shellScripts() {
  if (missingTools().some(({ has }) => has === 'shellcheck')) return skipped;
  const scripts = trackedFiles().filter(
    (name) =>
      !/^src\/formats\/[^/]+\/golden\//.test(name) &&
      /^#!.*\b(?:sh|bash|dash|ksh)\b/.test(readFileSync(join(root, name), 'latin1').slice(0, 80).split('\n')[0]),
  );
  return passes('shellcheck', '--', ...scripts)();
}

/** Every direct dependency is named, in backticks, in docs/dependencies.md. */
function dependenciesAreDocumented() {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !page.includes(`\`${name}\``));
  return missing.length ? `not in docs/dependencies.md: ${missing.join(', ')}` : undefined;
}

/** The packages in the bundle, as `NAME VERSION`, with their licences. */
function bundledPackages() {
  const text = readFileSync(join(root, 'dist/licenses.txt'), 'utf8');
  return [...text.matchAll(/^-{80}\n(\S+ \S+) \((.*)\)$/gm)].map(([, name, licence]) => ({ package: name, licence }));
}

/** The licences of the bundled packages allow distribution under ours. */
function licencesAllow() {
  const allowed = /^(?:MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense)$/;
  const bad = bundledPackages().filter(
    ({ licence }) =>
      !licence
        .replace(/[()]/g, '')
        .split(' OR ')
        .some((one) => allowed.test(one)),
  );
  return bad.map((one) => `${one.package} is under ${one.licence}`).join('\n') || undefined;
}

/** The published package has no dependencies: everything that runs is bundled. */
function publishedWithoutDependencies() {
  const manifest = publishedManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const names = Object.keys(manifest).filter((name) => /dependencies$/i.test(name));
  return names.length ? `in the published package.json: ${names.join(', ')}` : undefined;
}

/** `npm ci --omit=dev` installs all bundled packages, so that a first run needs no linters and test tools. */
function bundledAreDependencies() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const installed = new Set(
    Object.entries(packages)
      .filter(([, { dev }]) => !dev)
      .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').pop()} ${version}`),
  );
  const bad = bundledPackages().filter(({ package: name }) => !installed.has(name));
  return bad.length ? `move to dependencies: ${bad.map((one) => one.package).join(', ')}` : undefined;
}

/**
 * `build` comes before the tests. `types` is `npm run typecheck`, `lint` is `npm run lint`.
 *
 * @type {readonly { group: 'build' | 'types' | 'lint', name: string, run: () => unknown }[]}
 */
export const checks = [
  { group: 'build', name: 'generated files are up to date', run: script('generate.mjs', '--check') },
  { group: 'build', name: 'build', run: script('build.mjs') },
  { group: 'build', name: 'licences', run: licencesAllow },
  { group: 'build', name: 'bundled packages are dependencies', run: bundledAreDependencies },
  { group: 'types', name: 'types: code for Node and browsers', run: tool('tsc', '-p', 'tsconfig.shared.json') },
  { group: 'types', name: 'types: code for Node', run: tool('tsc', '-p', 'tsconfig.node.json') },
  { group: 'types', name: 'types: code for browsers', run: tool('tsc', '-p', 'tsconfig.web.json') },
  { group: 'types', name: 'types: tests', run: tool('tsc', '-p', 'tsconfig.json') },
  {
    group: 'lint',
    name: 'format and lint (biome)',
    run: tool('biome', 'check', '--error-on-warnings', '--colors=off', '--max-diagnostics=50'),
  },
  {
    group: 'lint',
    name: 'lint with types (oxlint)',
    run: tool('oxlint', '--type-aware', '--deny-warnings', '--format=unix'),
  },
  { group: 'lint', name: 'dead code (knip)', run: tool('knip', '--no-progress', '--no-config-hints') },
  { group: 'lint', name: 'imports between folders', run: imports },
  { group: 'lint', name: 'shell scripts', run: shellScripts },
  { group: 'lint', name: 'words', run: () => forbiddenWords(root, trackedFiles()).join('\n') || undefined },
  { group: 'lint', name: 'dependencies are documented', run: dependenciesAreDocumented },
  { group: 'lint', name: 'no dependencies in the published package', run: publishedWithoutDependencies },
];
