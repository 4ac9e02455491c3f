import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Server, startServer, tempDir } from '../support/wp.ts';
import { entriesOf, entryNumbers, launcher, run, shells } from './client.ts';

const files = tempDir();
let server: Server;

beforeAll(async () => {
  server = await startServer();
});

const runOptions = (more: { cwd?: string; input?: string; env?: Record<string, string> } = {}) => ({
  dir: server.dir,
  cwd: files,
  ...more,
});
const show = (...args: string[]) => run([launcher, 'show', ...args], runOptions());
const writeInput = (name: string, content = 'x\n') => writeFileSync(join(files, name), content);

const HOSTILE = [
  'a b.txt',
  'it\'s "so".txt',
  'two\nlines.txt',
  'end\n',
  'tab\there',
  '-x.png',
  '--type',
  'back\\slash',
  '\\',
  '$(id) `id` $HOME',
  '*?[a]',
  '%s%d\\0101',
  'é€😀.txt',
  '\u0085next',
  '\u0001\u001b[31m\u007f',
  ' space',
  '{"kind":"end"}',
  '#h&a;<b>',
  '~',
];

describe.each(shells.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  for (const locale of ['C', 'C.UTF-8']) {
    test(`names are preserved and printed in the order of the arguments (${locale})`, async () => {
      for (const name of HOSTILE) writeInput(name);
      const result = await run([...shell, launcher, 'show', '--', ...HOSTILE], runOptions({ env: { LC_ALL: locale } }));
      expect(result).toMatchObject({ code: 0, stderr: '' });
      const entries = await entriesOf(server);
      expect(entryNumbers(result.stdout).map((n) => entries.get(n)?.name)).toEqual(HOSTILE);
    });
  }

  test('standard input is shown', async () => {
    const result = await run([...shell, launcher, 'as', 'csv'], runOptions({ input: 'a,b\n1,2\n' }));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [n = 0] = entryNumbers(result.stdout);
    expect((await entriesOf(server)).get(n)).toMatchObject({ name: 'stdin.csv', type: 'csv', bytes: 8 });
  });

  test('a file that cannot be shown is reported, and the others are shown', async () => {
    writeInput('good.txt');
    writeFileSync(Buffer.concat([Buffer.from(join(files, 'bad')), Buffer.from([0xff])]), 'x');
    const script = `exec "$@" good.txt "$(printf 'bad\\377')" nothing ./good.txt`;
    const result = await run(['sh', '-c', script, 'sh', ...shell, launcher, 'show'], runOptions());
    expect(result.code).toBe(1);
    expect(entryNumbers(result.stdout)).toHaveLength(2);
    expect(result.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^wp: show: bad\?: the name is not valid UTF-8; /),
      'wp: show: nothing: no such file; check its name',
    ]);
  });
});

test('a directory, with or without slashes, and the current directory', async () => {
  const plots = join(files, 'plots');
  mkdirSync(plots);
  writeFileSync(join(plots, 'a.txt'), 'a');
  const result = await show('plots', 'plots//', './/plots/');
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const here = await run([launcher, 'show', '.', './'], runOptions({ cwd: plots }));
  expect(here).toMatchObject({ code: 0, stderr: '' });
  const entries = await entriesOf(server);
  const shown = entryNumbers(result.stdout + here.stdout);
  expect(shown.map((n) => entries.get(n)?.name)).toEqual(Array(5).fill('plots'));
});

test('options work before and after the files', async () => {
  writeInput('data');
  const after = await show('data', '--type=csv', '--title', 'My "data" é');
  const before = await show('-t', 'csv', '--title=My "data" é', 'data');
  for (const { stdout } of [after, before]) {
    const [n = 0] = entryNumbers(stdout);
    expect((await entriesOf(server)).get(n)).toMatchObject({ name: 'data', type: 'csv', title: 'My "data" é' });
  }
});

test.each(['as', 'show-as'])('%s is show --type', async (command) => {
  writeInput('table');
  const [n = 0] = entryNumbers((await run([launcher, command, 'tsv', 'table'], runOptions())).stdout);
  expect((await entriesOf(server)).get(n)).toMatchObject({ name: 'table', type: 'tsv' });
});

test('a broken link and an unreadable file are reported', async () => {
  symlinkSync('nowhere', join(files, 'dangling'));
  expect(await show('dangling')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'wp: show: dangling: is a broken link; check its target\n',
  });
  if (process.getuid?.() === 0) return; // root can read every file
  writeInput('secret');
  chmodSync(join(files, 'secret'), 0);
  expect(await show('secret')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'wp: show: secret: cannot be read; check its permissions\n',
  });
});

test('a fifo, a descriptor and - are streams, in the order of the arguments', async () => {
  writeInput('plain.txt');
  const script = '"$0" show <(echo one) plain.txt - <(echo two) <<<three';
  const result = await run(['bash', '-c', script, launcher], runOptions());
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const entries = await entriesOf(server);
  expect(entryNumbers(result.stdout).map((n) => entries.get(n)?.bytes)).toEqual([4, 2, 6, 4]);
});

test('many files, shown in sequence and in parallel, are neither lost nor duplicated, and stay in order', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `many-${i}.txt`);
  for (const name of names) writeInput(name);
  const row = await show(...names);
  const parallel = await Promise.all(names.slice(0, 40).map((name) => show(name)));
  const shown = [...entryNumbers(row.stdout), ...parallel.flatMap(({ stdout }) => entryNumbers(stdout))];
  expect(new Set(shown).size).toBe(340);
  const entries = await entriesOf(server);
  expect(shown.map((n) => entries.get(n)?.name)).toEqual([...names, ...names.slice(0, 40)]);
});

test.each([
  [['show', '--nope'], /^wp: show: the option --nope is unknown .*usage: wp show /],
  [['show', '--type'], /^wp: show: --type needs a value; usage: /],
  [['as'], /^wp: as: no type given; usage: wp as TYPE \[FILE\.\.\.\]/],
])('usage error: %s', async (args, output) => {
  const result = await run([launcher, ...args], runOptions());
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toMatch(output);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
});
