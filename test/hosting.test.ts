/**
 * Checks that commands and files named in the files for hosting and releases exist. They run elsewhere, so no other
 * test covers them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly on: object;
  readonly jobs: Readonly<
    Record<string, { 'runs-on': string; strategy?: { matrix: { node: number[] } }; steps: Step[] }>
  >;
}

const root = join(import.meta.dirname, '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const workflowNames = readdirSync(join(root, '.github/workflows'));
const workflow = (name: string) => parse(read('.github/workflows', name)) as Workflow;
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};

const NPM_COMMANDS = ['ci', 'install', 'test'];
const SYSTEM_COMMANDS = ['apt-get', 'gh', 'git'];

/** Returns the problem with a command of a workflow or of the Dockerfile, or undefined. */
function problemOf(command: string): string | undefined {
  const [program = '', ...args] = command.trim().split(/\s+/);
  const [first = ''] = args;
  if (SYSTEM_COMMANDS.includes(program)) return undefined;
  if (program.startsWith('./')) return existsSync(join(root, program)) ? undefined : `no file ${program}`;
  if (program === 'node') return existsSync(join(root, first)) ? undefined : `no file ${first}`;
  if (program === 'npx') return first in manifest.devDependencies ? undefined : `no package ${first}`;
  if (program === 'npm' && first === 'run') {
    const [, script = ''] = args;
    return script in manifest.scripts ? undefined : `no npm script ${script}`;
  }
  if (program === 'npm') return NPM_COMMANDS.includes(first) ? undefined : `unknown: npm ${first}`;
  return `unknown program ${program}`;
}

describe.each(workflowNames)('workflow %s', (name) => {
  const { on, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('has a trigger, and jobs with steps', () => {
    expect(Object.keys(on)).not.toEqual([]);
    for (const job of Object.values(jobs)) {
      expect(job['runs-on']).toMatch(/^(?:ubuntu|macos)-latest$/);
      expect(job.steps.length).toBeGreaterThan(0);
    }
  });

  test('runs commands that exist', () => {
    const lines = steps.flatMap(({ run }) => run?.trim().split(/\n|&&/) ?? []);
    expect(lines).not.toEqual([]);
    expect(lines.map(problemOf).filter(Boolean)).toEqual([]);
  });

  test('uses actions of GitHub only, each with a version', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
  });
});

test('tests run with Node 20, 22 and 24', () => {
  expect(workflow('test.yml').jobs.linux?.strategy?.matrix.node).toEqual([20, 22, 24]);
});

test('issue forms have fields with labels', () => {
  for (const name of ['bug.yml', 'idea.yml']) {
    const form = parse(read('.github/ISSUE_TEMPLATE', name)) as {
      body: { id: string; attributes: { label: string } }[];
    };
    for (const field of form.body) expect(field, name).toMatchObject({ id: /\w/, attributes: { label: /\w/ } });
  }
});

test('the Dockerfile copies files and runs commands that exist', () => {
  const lines = read('packaging/Dockerfile').split('\n');
  const commands = lines.filter((line) => line.startsWith('RUN ')).flatMap((line) => line.slice(4).split('&&'));
  const problems = commands.filter((line) => !line.trim().startsWith('rm ')).map(problemOf);
  expect(commands.length).toBeGreaterThan(2);
  expect(problems.filter(Boolean)).toEqual([]);
  for (const name of ['package.json', 'package-lock.json']) expect(existsSync(join(root, name))).toBe(true);
});

test('the changelog describes this version, with its date', () => {
  expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[${manifest.version}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm'));
});

describe('the Homebrew formula', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wp-formula-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const targets = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
  const checksums = targets.map((_, index) => String(index + 1).repeat(64));
  const fill = (count: number) => {
    const lines = targets.slice(0, count).map((target, index) => {
      return `${checksums[index]}  webpipe-${manifest.version}-${target}.tar.gz\n`;
    });
    writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
    const args = [join(root, 'scripts/formula.mjs'), 'https://example.org/releases/', folder];
    return spawnSync(process.execPath, args, { encoding: 'utf8' });
  };

  test('has the URL and the checksum of each archive', () => {
    expect(fill(4).status).toBe(0);
    const formula = readFileSync(join(folder, 'webpipe.rb'), 'utf8');
    for (const [index, target] of targets.entries()) {
      const url = `https://example.org/releases/webpipe-${manifest.version}-${target}.tar.gz`;
      expect(formula).toContain(`url "${url}"\n      sha256 "${checksums[index]}"`);
    }
    expect(formula).not.toMatch(/@[A-Z]/);
  });

  test('is not written when an archive is missing', () => {
    const { status, stderr } = fill(3);
    expect(status).not.toBe(0);
    expect(stderr).toContain('no archive for DARWIN_ARM64');
  });
});
