import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../src/node/cli/program.ts';
import { has, run } from './client/client.ts';
import { golden } from './support/golden.ts';
import { root, type Server, startServer, tempDir } from './support/wp.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manual = read('docs/manual.md');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const { commands } = createProgram();

/** The section of the manual about a command: from the heading that names it to the next heading. */
function sectionOf(name: string): string {
  const parts = manual.split(/^(?=##)/m);
  return parts.find((part) => (part.split('\n')[0] ?? '').match(/wp ([a-z-]+)/g)?.includes(`wp ${name}`)) ?? '';
}

describe.each(commands.map((command) => ({ name: command.name(), command })))('wp $name', ({ name, command }) => {
  const flags = command.options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined);
  const section = sectionOf(name);

  test('has a section in the manual with its arguments and options', () => {
    expect(section).not.toBe('');
    for (const flag of flags) expect(section).toMatch(new RegExp(`(^|[^\\w-])${flag}(?![\\w-])`));
    for (const argument of command.registeredArguments) expect(section).toContain(argument.name());
  });

  test('has only options in the manual that exist', () => {
    const synopsis = section.split('\n').filter((line) => /^ {4}.*wp /.test(line));
    const table = [...section.matchAll(/^\| (`-.*?) \|/gm)].map(([, cell = '']) => cell);
    const named = [...synopsis, ...table].join('\n').match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [];
    // Commands may share a section, and stages a line.
    const shared = commands.filter((other) => section.includes(`wp ${other.name()}`)).flatMap((other) => other.options);
    const known = new Set([
      '-c',
      '--unbuffered',
      '-h',
      '--help',
      ...shared.flatMap(({ short, long }) => [short, long]),
    ]);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

test.each(pages)('%s names only commands that exist', (page) => {
  const names = new Set(commands.map((command) => command.name()));
  // In code only, because in a sentence any word may follow `wp`.
  const code = read(page).match(/`[^`\n]+`|^ {4}.*$|^```[\s\S]*?^```$/gm) ?? [];
  const named = code.join('\n').matchAll(/(?:^|[\s`(|])(?:\.\/)?wp ([a-z][a-z-]*)/gm);
  expect([...named].map(([, name]) => name).filter((name) => !names.has(name ?? ''))).toEqual([]);
});

test.each(pages)('%s has no broken link', (page) => {
  const text = read(page);
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const path = file ? join(root, page, '..', file) : join(root, page);
    expect(existsSync(path), `${page}: ${target}`).toBe(true);
    if (anchor === undefined) continue;
    const anchors = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    expect(anchors, `${page}: ${target}`).toContain(anchor);
  }
});

test('the recording is at most 1 MB', () => {
  expect(statSync(join(root, 'docs/recording.webp')).size).toBeLessThanOrEqual(1_000_000);
});

test('the manual lists exactly the existing environment variables', () => {
  const sources = ['wp', 'clients/sh/wp-stub', 'clients/r/webpipe.R', 'clients/python/webpipe.py'].map(read);
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts') && !name.endsWith('.test.ts')) sources.push(read(join('src', name)));
  }
  const variables = (text: string) => [...new Set(text.match(/WEBPIPE_[A-Z_]+[A-Z]/g))].sort();
  const ports = ['XRENDER', 'HTTP', 'RECV'].map((name) => `WEBPIPE_${name}_PORT`); // composed from the name of the option
  expect(variables(manual)).toEqual([...new Set([...variables(sources.join('\n')), ...ports])].sort());
});

describe.skipIf(!has('bash') || !has('jq') || !has('nc'))('examples', () => {
  const workDir = tempDir();
  let server: Server;

  beforeAll(async () => {
    server = await startServer();
    copyFileSync(golden('png/tiny/input.png'), join(workDir, 'plot.png'));
    mkdirSync(join(workDir, 'logs'));
    for (const [name, text] of [
      ['data.csv', 'a,b\n1,2\n'],
      ['results', 'a,b\n1,2\n'],
      ['old.txt', 'a\n'],
      ['new.txt', 'b\n'],
      ['logs/a.log', 'x\n'],
    ]) {
      writeFileSync(join(workDir, name ?? ''), text ?? '');
    }
  });

  const commandsOf = (text: string) =>
    [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));

  test.each(commandsOf(read('README.md')).filter((line) => line.includes('wp show')))('README: %s', async (line) => {
    const script = `set -o pipefail; ${line.replace('vmstat 1', 'vmstat 1 2')}`;
    const result = await run(['bash', '-c', script], { dir: server.dir, cwd: root });
    expect(result.stderr).toBe('');
    expect(result.stdout).toMatch(/^(http:\/\/localhost:\d+\/s\/\S+\n)+$/);
    expect(result.code).toBe(0);
  });

  test.each(commandsOf(manual))('%s', async (line) => {
    const command = line
      .replace('~/webpipe/run/8988.sock', server.socket)
      .replace('localhost:8989', `localhost:${server.httpPort}`);
    const script = `set -o pipefail; PATH='${root}':$PATH; ${command}`;
    // diff exits with 1 if the files differ.
    const result = await run(['bash', '-c', script], { dir: server.dir, cwd: workDir });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(line.startsWith('diff') ? 1 : 0);
  });
});
