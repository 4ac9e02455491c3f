import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { root, startServer, tempDir, until, wp } from '../support/wp.ts';
import { entryNumbers, has, launcher, run } from './client.ts';

/** Free ports for `wp start`, which reads them from the environment. */
const PORTS = { WEBPIPE_XRENDER_PORT: '0', WEBPIPE_HTTP_PORT: '0' };
const lines = (text: string) => text.trimEnd().split('\n');

describe('a server in the background', () => {
  const dirs: string[] = [];
  const newDir = () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'a.txt'), 'a\n');
    dirs.push(dir);
    return dir;
  };
  afterEach(async () => {
    for (const dir of dirs.splice(0)) await wp(['stop'], { dir });
  });

  test('start, status and stop work, also a second time', async () => {
    const dir = newDir();
    const before = Date.now();
    const started = await wp(['start', 'mine'], { dir, env: PORTS });
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const status = await wp(['status', '--json'], { dir });
    const [server] = JSON.parse(status.stdout) as { pid: number; http: number }[];
    expect(status.code).toBe(0);
    expect(server).toMatchObject({ dir, scroll: 'mine' });
    const startedAt = Date.parse((server as unknown as { started: string }).started);
    expect(startedAt).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
    expect(started.stdout).toContain(`process ${server?.pid}): http://localhost:${server?.http}/`);
    expect((await wp(['status'], { dir })).stdout).toContain(`viewer  http://localhost:${server?.http}/`);
    expect((await wp(['start'], { dir })).stdout).toMatch(/^webpipe is already running /);
    const stopped = await wp(['stop'], { dir });
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).toContain(`scroll mine (process ${server?.pid})`);
    expect(() => process.kill(server?.pid ?? 0, 0)).toThrow();
    expect(await wp(['stop'], { dir })).toMatchObject({ code: 0, stdout: `no webpipe is running for ${dir}\n` });
    expect((await wp(['status'], { dir })).code).toBe(3);
  });

  test('start --recv accepts files from other machines up to --max-size', async () => {
    const dir = newDir();
    const ports = { ...PORTS, WEBPIPE_RECV_PORT: '0' };
    expect(await wp(['start', '--recv', '--max-size', '1k'], { dir, env: ports })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const [server] = JSON.parse((await wp(['status', '--json'], { dir })).stdout) as { recv: number; scroll: string }[];
    writeFileSync(join(dir, 'token'), (await wp(['token'], { dir })).stdout);
    writeFileSync(join(dir, 'large.txt'), 'x'.repeat(1001));
    const to = ['send', '--to', String(server?.recv), '--token-file', 'token'];
    expect(await wp([...to, 'a.txt'], { dir })).toMatchObject({ code: 0 });
    const large = await wp([...to, 'large.txt'], { dir });
    expect(large.code).toBe(1);
    expect(large.stderr).toContain('it has 1001 bytes, and 1000 are taken');
    expect((await wp(['ls', server?.scroll ?? ''], { dir })).stdout).toContain('a.txt');
    await wp(['stop'], { dir });
    await wp(['start'], { dir, env: ports });
    const other = await wp(['start', '--recv'], { dir, env: ports });
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toMatch(/^wp: start: the running server does not accept files from other machines; .*\n$/);
  });

  test('show --start starts a server if none is running', async () => {
    const dir = newDir();
    const first = await wp(['show', '--start', 'a.txt'], { dir, env: PORTS });
    expect(first.code).toBe(0);
    expect(entryNumbers(first.stdout)).toEqual([1]);
    expect(first.stderr).toMatch(/^webpipe is running in /m);
    const second = await wp(['show', '--start', 'a.txt'], { dir });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(entryNumbers(second.stdout)).toEqual([2]);
  });

  test('show reports that no server is running, also after one was killed', async () => {
    const dir = newDir();
    const hint = `wp: show: no webpipe is running for ${dir}; start one with "wp run", or use "wp show --start"\n`;
    expect(await wp(['show', 'a.txt'], { dir })).toMatchObject({ code: 1, stdout: '', stderr: hint });
    expect(await wp(['show'], { dir, input: 'x' })).toMatchObject({ code: 1, stdout: '', stderr: hint });
    const server = await startServer(['run'], { dir });
    await server.end('SIGKILL');
    expect(await wp(['show', 'a.txt'], { dir })).toMatchObject({ code: 1, stdout: '', stderr: hint });
    expect(await wp(['show'], { dir, input: 'x' })).toMatchObject({ code: 1, stdout: '', stderr: hint });
    expect((await wp(['status'], { dir })).code).toBe(3);
    // A new server on another port is found, although files of the old one remain.
    await wp(['start'], { dir, env: PORTS });
    expect(await wp(['show', 'a.txt'], { dir })).toMatchObject({ code: 0, stderr: '' });
  });

  test('a process that reuses the process id of a server is not mistaken for the server', async () => {
    const dir = newDir();
    mkdirSync(join(dir, 'run'));
    const other = spawn('sleep', ['60']);
    writeFileSync(join(dir, 'run/8988.info'), `pid=${other.pid}\nxrender=1\nhttp=1\nscroll=x\nstarted=\ndir=${dir}\n`);
    expect((await wp(['status'], { dir })).code).toBe(3);
    expect((await wp(['stop'], { dir })).stdout).toMatch(/^no webpipe is running/);
    expect(other.exitCode).toBe(null);
    other.kill();
  });

  test('a failure to start is reported on one line', async () => {
    const dir = newDir();
    const portHolder = createServer();
    const port = await new Promise<number>((ready) =>
      portHolder.listen(0, '127.0.0.1', () => ready((portHolder.address() as { port: number }).port)),
    );
    const started = await wp(['start', '--xrender-port', String(port), '--http-port', '0'], { dir });
    const shown = await wp(['show', '--start', 'a.txt'], {
      dir,
      env: { ...PORTS, WEBPIPE_XRENDER_PORT: String(port) },
    });
    portHolder.close();
    for (const result of [started, shown]) {
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(lines(result.stderr)).toHaveLength(1);
      expect(result.stderr).toContain(`port ${port}`);
    }
  });
});

test('ls lists scrolls and entries and escapes control characters in names', async () => {
  const server = await startServer();
  const { dir } = server;
  const name = 'evil\u001b[31m\u202e.txt';
  writeFileSync(join(dir, name), 'abc');
  await wp(['show', name, '--type', 'txt'], { dir });
  await until('the rendered entry', async () =>
    /"status": "ok"/.test((await wp(['ls', server.scroll, '--json'], { dir })).stdout),
  );
  const scrolls = await wp(['ls'], { dir });
  expect(scrolls.stdout).toMatch(new RegExp(`${server.scroll} +1 .*running`));
  const entries = await wp(['ls', server.scroll], { dir });
  expect(entries.stdout).toMatch(/^1 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}txt {2}3 B {2}evil\\u001b\[31m\\u202e\.txt\n$/);
  const missing = await wp(['ls', '../../etc'], { dir });
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^wp: ls: there is no scroll /);
});

test('open passes a login link to the browser in BROWSER', async () => {
  const server = await startServer();
  const { dir } = server;
  const output = join(dir, 'opened-url');
  const browser = join(dir, 'browser');
  writeFileSync(browser, `#!/bin/sh\nprintf '%s' "$1" >'${output}'\n`);
  chmodSync(browser, 0o755);
  const printed = await wp(['open', '--print'], { dir, env: { BROWSER: browser } });
  expect(printed.stdout).toMatch(new RegExp(`^http://localhost:${server.httpPort}/#login=\\S+\n$`));
  expect(existsSync(output)).toBe(false);
  const opened = await wp(['open'], { dir, env: { BROWSER: browser } });
  expect(opened.code).toBe(0);
  // All users can read command lines. On Linux the login code is not on one, because the same user needs none.
  const link = opened.stdout.trimEnd();
  expect(readFileSync(output, 'utf8')).toBe(process.platform === 'linux' ? link.replace(/#login=.*/, '') : link);
});

test('types lists built-in formats and the user’s plugins', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'plugins/mytype'), { recursive: true });
  writeFileSync(join(dir, 'plugins/mytype/render'), '#!/bin/sh\n');
  const listed = await wp(['types'], { dir });
  expect(listed.stdout).toMatch(/^mytype +yours +.*not executable/m);
  expect(listed.stdout).toMatch(/^text +built in /m);
});

test.each([
  [['strat'], 2, 'wp: there is no command "strat"; did you mean "wp start"?\n'],
  [['blub'], 2, 'wp: there is no command "blub"; see "wp help"\n'],
  [['help', 'shw'], 2, 'wp: help: there is no command "shw"; did you mean "wp help show"?\n'],
  [['ls', '--jsno'], 2, "wp: unknown option '--jsno'; did you mean --json?\n"],
  [['completion', 'tcsh'], 2, 'wp: completion: the shell "tcsh" is not supported; use one of bash, zsh, fish\n'],
  [['open'], 1, /^wp: open: no webpipe is running for .*; start one with .*\n$/],
])('wp %s', async (args, code, output) => {
  const result = await wp(args, { dir: tempDir() });
  expect(result).toMatchObject({ code, stdout: '' });
  if (typeof output === 'string') expect(result.stderr).toBe(output);
  else expect(result.stderr).toMatch(output);
});

test('version prints the version, and help describes every command', async () => {
  const dir = tempDir();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const args of [['version'], ['--version']]) expect((await wp(args, { dir })).stdout).toBe(`${version}\n`);
  expect((await wp([], { dir })).stdout).toContain('wp help');
  const help = await wp(['help'], { dir });
  const listed = [...help.stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(
    ([, name = '']) => name,
  );
  expect(listed).toEqual(expect.arrayContaining(['run', 'show', 'as', 'start', 'stop', 'status', 'ls', 'types']));
  for (const name of listed.slice(0, 4)) {
    expect((await wp(['help', name], { dir })).stdout).toContain(`Usage: wp ${name}`);
  }
});

describe('completion', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 's/my-scroll'), { recursive: true });
  writeFileSync(join(dir, 'b.txt'), '');

  async function script(shell: string): Promise<string> {
    const file = join(dir, `wp.${shell}`);
    writeFileSync(file, (await wp(['completion', shell], { dir })).stdout);
    return file;
  }

  const requested: [string, string][] = [
    ['wp st', 'start status stop stub-path'],
    ['wp show --ti', '--title'],
    ['wp show --type cs', 'cs csproj csr css csv'],
    ['wp as cs', 'cs csproj csr css csv'],
    ['wp ls ', 'my-scroll'],
    ['wp rm ', 'my-scroll#'],
    ['wp completion ', 'bash fish zsh'],
    ['wp help ver', 'version'],
  ];

  test.skipIf(!has('bash'))('bash', async () => {
    const completeScript = `source '${await script('bash')}'
      read -ra COMP_WORDS <<<"$1"; [[ $1 != *' ' ]] || COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _wp; printf '%s\\n' "\${COMPREPLY[@]}" | sort | paste -sd' '`;
    for (const [line, expected] of requested) {
      expect((await run(['bash', '-c', completeScript, 'bash', line], { dir })).stdout.trim(), line).toBe(expected);
    }
  });

  test.skipIf(!has('fish'))('fish', async () => {
    const completeScript = `source '${await script('fish')}'; complete -C $argv[1] | string replace -r '\\t.*' ''`;
    for (const [line, expected] of [...requested, ['wp show b', 'b.txt'] as const]) {
      const { stdout } = await run(['fish', '-c', completeScript, line], { dir });
      expect(lines(stdout).sort().join(' '), line).toBe(expected);
    }
  });

  test.skipIf(!has('zsh'))('zsh', async () => {
    // zsh completes in a terminal only. Each line is completed and then run with a `wp` that prints its arguments.
    const file = await script('zsh');
    const completeScript = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z "PS1=; autoload -Uz compinit; compinit -u -D; source '${file}'; wp() { print -r -- "GOT:$'\\$*'." }; echo rea''dy"
      while zpty -r z x; do [[ $x == *ready* ]] && break; done
      for line in "$@"; do
        zpty -w -n z "$line"$'\\t\\n'
        while zpty -r z x; do [[ $x == *GOT:* ]] && break; done
        print -r -- "\${\${x#*GOT:}%.*}"
      done`;
    const requested = ['wp vers', 'wp show --ti', 'wp ls ', 'wp rm ', 'wp show b', 'wp as htmx', 'wp help comp'];
    const result = await run(['zsh', '-f', '-c', completeScript, 'zsh', ...requested], { dir });
    expect(lines(result.stdout).map((line) => line.trim())).toEqual([
      'version',
      'show --title',
      'ls my-scroll',
      'rm my-scroll#',
      'show b.txt',
      'as htmx',
      'help completion',
    ]);
  });
});

describe('the launcher', () => {
  /** Creates a directory with sh and the given programs, and nothing else. */
  function dirWithOnly(scripts: Record<string, string>): string {
    const tools = tempDir();
    for (const tool of ['sh', 'readlink', 'find']) symlinkSync(`/usr/bin/${tool}`, join(tools, tool));
    for (const [name, text] of Object.entries(scripts)) writeFileSync(join(tools, name), text, { mode: 0o755 });
    return tools;
  }

  test('reports a missing or old Node on one line', async () => {
    const dir = tempDir();
    const without = await run([launcher, 'version'], { dir, env: { PATH: dirWithOnly({}) } });
    expect(without).toMatchObject({ code: 1, stderr: 'wp: Node is not installed; install Node 20.19 or newer\n' });
    const old = await run([launcher, 'version'], {
      dir,
      env: { PATH: dirWithOnly({ node: '#!/bin/sh\necho v18.20.4\n' }) },
    });
    expect(old).toMatchObject({ code: 1, stderr: 'wp: Node v18.20.4 is too old; install Node 20.19 or newer\n' });
  });

  test('works through symbolic links, and runs wp show without Node', async () => {
    const { dir } = await startServer();
    const linkDir = tempDir();
    mkdirSync(join(linkDir, 'bin'));
    symlinkSync(launcher, join(linkDir, 'wp'));
    symlinkSync('../wp', join(linkDir, 'bin/wp'));
    writeFileSync(join(linkDir, 'a.txt'), 'a');
    const env = { PATH: `${join(linkDir, 'bin')}:${dirWithOnly({ nc: '#!/bin/sh\nexec /usr/bin/nc "$@"\n' })}` };
    const shown = await run(['sh', '-c', 'wp show a.txt'], { dir, cwd: linkDir, env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
  });
});
