/** wp-stub as it is used on other machines: as a single file, in any shell, with any program that can connect. */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readEntries, sourceOf } from '../support/disk.ts';
import { root, type Server, start, startServer, tempDir, until, within, wp } from '../support/wp.ts';
import { entryNumbers, has, launcher, run, shells } from './client.ts';

let server: Server;
let recvPort = 0;
let token = '';
const files = tempDir();
const random = randomBytes(400_000);
// Directories with one stub each, and the file `to` beside it, which has the address to connect to.
const stubDirs = { socket: tempDir(), port: tempDir() };
const stub = (way: keyof typeof stubDirs) => join(stubDirs[way], 'wp-stub');

beforeAll(async () => {
  server = await startServer(['run', '--recv', '--recv-port', '0', '--xrender-port', '0', '--http-port', '0']);
  recvPort = Number(/^recv=(\d+)$/m.exec(readFileSync(join(server.dir, 'run', `${server.port}.info`), 'utf8'))?.[1]);
  token = (await wp(['token', '--host', 'by token'], { dir: server.dir })).stdout.trim();
  for (const dir of Object.values(stubDirs)) copyFileSync(join(root, 'clients/sh/wp-stub'), join(dir, 'wp-stub'));
  writeFileSync(join(stubDirs.socket, 'to'), `to=unix:${join(server.dir, 'run', `${recvPort}.sock`)}\n`);
  writeFileSync(join(stubDirs.port, 'to'), `to=${recvPort}\ntoken=${token}\n`);
  writeFileSync(join(files, 'é "b" $(x).csv'), 'x,y\n1,2\n');
  writeFileSync(join(files, 'empty'), '');
  writeFileSync(join(files, 'random.bin'), random);
  mkdirSync(join(files, 'a dir/sub'), { recursive: true });
  writeFileSync(join(files, 'a dir/sub/one.txt'), 'one');
  linkSync(join(files, 'a dir/sub/one.txt'), join(files, 'a dir/again.txt'));
  symlinkSync('/etc/passwd', join(files, 'a dir/link'));
});

const entryOf = (n: number) =>
  until(`entry ${n}`, () => {
    const entry = readEntries(server.dir, server.scroll)[n - 1];
    return entry?.status === 'ok' && entry;
  });
const contentOf = async (n: number) => sourceOf(server.dir, server.scroll, (await entryOf(n)).id);
// As on another machine, without a webpipe directory.
const otherMachine = { dir: '/nowhere', cwd: files };

describe.each(shells.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  test.each(['socket', 'port'] as const)('files, a directory and a stream through the %s', async (way) => {
    for (const locale of ['C', 'C.UTF-8']) {
      const env = { LC_ALL: locale, HOME: '/nowhere' };
      const args = ['show', 'é "b" $(x).csv', 'empty', 'a dir', 'random.bin', '--title', 'a "title"'];
      const shown = await run([...shell, stub(way), ...args], { ...otherMachine, env });
      expect(shown).toMatchObject({ code: 0, stderr: '' });
      const [csv = 0, empty = 0, dir = 0, bin = 0] = entryNumbers(shown.stdout);
      expect(await entryOf(csv)).toMatchObject({ name: 'é "b" $(x).csv', title: 'a "title"', type: 'csv' });
      expect((await contentOf(csv)).toString()).toBe('x,y\n1,2\n');
      expect(await contentOf(empty)).toHaveLength(0);
      expect((await contentOf(bin)).equals(random)).toBe(true);
      const tree = join(server.dir, 's', server.scroll, (await entryOf(dir)).id, 'source/a dir');
      expect(readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
        'again.txt',
        'sub',
        'sub/one.txt',
      ]);
      expect(readFileSync(join(tree, 'again.txt'), 'utf8')).toBe('one');
      const piped = await run([...shell, stub(way), 'sink', 'bin'], { ...otherMachine, env, input: random });
      expect(piped).toMatchObject({ code: 0, stderr: '' });
      const [stream = 0] = entryNumbers(piped.stdout);
      expect((await contentOf(stream)).equals(random)).toBe(true);
      expect((await entryOf(stream)).type).toBe('bin');
      if (way === 'port') expect((await entryOf(stream)).host).toBe('by token');
    }
  });
});

describe.each(['nc', 'socat', 'perl', 'python3', 'bash', 'curl', 'node'].filter(has))('with %s alone', (program) => {
  const ways = ['bash', 'curl'].includes(program) ? (['port'] as const) : (['socket', 'port'] as const);
  test.each(ways)('files and a stream of arbitrary bytes through the %s', async (way) => {
    const env = { WEBPIPE_CONNECT: program };
    const shown = await run([stub(way), 'send', 'random.bin', 'a dir', 'empty'], { ...otherMachine, env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const [bin = 0, , empty = 0] = entryNumbers(shown.stdout);
    expect((await contentOf(bin)).equals(random)).toBe(true);
    expect(await contentOf(empty)).toHaveLength(0);
    const piped = await run([stub(way), 'as', 'bin'], { ...otherMachine, env, input: random });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect((await contentOf(entryNumbers(piped.stdout)[0] ?? 0)).equals(random)).toBe(true);
  });
});

/** Creates a directory with the given programs and no others. */
async function dirWithOnly(...programs: readonly string[]): Promise<string> {
  const dir = tempDir();
  for (const program of programs) {
    const path = (await run(['sh', '-c', `command -v ${program}`], { dir })).stdout.trim();
    if (path.startsWith('/')) symlinkSync(path, join(dir, program));
  }
  return dir;
}
const REQUIRED_PROGRAMS = ['sh', 'mktemp', 'wc', 'head', 'cat', 'rm', 'od', 'mkfifo', 'sha256sum', 'mkdir', 'dd'];

/** The names of the script's variables: assigned, read, or loop variables. */
function variablesOf(script: string): string[] {
  const found = [
    ...script.matchAll(/(?:^|[\s;("'])([a-z_]+)=/gm),
    ...script.matchAll(/\bfor ([a-z_]+)\b/g),
    ...script.matchAll(/\bread -r ([a-z_]+)/g),
  ];
  return [...new Set(found.map(([, name = '']) => name))];
}

describe.each(shells.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  test('the token is never on a command line or in the environment, whatever variables are exported', async () => {
    const wrapperDir = tempDir();
    const log = join(wrapperDir, 'log');
    const wrapped = [...REQUIRED_PROGRAMS, 'nc', 'perl', 'sleep', 'printf'];
    for (const program of wrapped.filter((name) => name !== 'sh')) {
      const path = (await run(['bash', '-c', `type -P ${program}`], { dir: wrapperDir })).stdout.trim();
      const lines = `cat /proc/$$/environ /proc/$$/cmdline >>'${log}'\nexec ${path} "$@"\n`;
      writeFileSync(join(wrapperDir, program), `#!/bin/sh\nPATH=/usr/bin:/bin\n${lines}`, { mode: 0o755 });
    }
    const variables = variablesOf(readFileSync(stub('port'), 'utf8'));
    expect(variables).toContain('token');
    const env = {
      ...Object.fromEntries(variables.map((name) => [name, 'x'])),
      SHELLOPTS: 'allexport',
      PATH: `${wrapperDir}:${process.env.PATH ?? ''}`,
    };
    const shown = await run([...shell, stub('port'), 'show', 'random.bin'], { ...otherMachine, env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const piped = await run([...shell, stub('port'), 'as', 'bin'], { ...otherMachine, env, input: random });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    const logged = readFileSync(log, 'latin1');
    expect(logged).toContain('nc\0');
    expect(logged).not.toContain(token.split('.')[1]);
  });
});

test('an exported variable does not change where "wp show" sends files', async () => {
  const env = { stub: tempDir() };
  writeFileSync(join(env.stub, 'to'), 'to=1\ntoken=x\n');
  const shown = await run([launcher, 'show', 'empty'], { dir: server.dir, cwd: files, env });
  expect(shown).toMatchObject({ code: 0, stderr: '' });
});

test('a missing program to connect or to compute SHA-256 is reported', async () => {
  const bare = { ...otherMachine, env: { PATH: await dirWithOnly(...REQUIRED_PROGRAMS) } };
  const socket = await run(['sh', stub('socket'), 'show', 'empty'], bare);
  expect(socket).toMatchObject({ code: 1, stdout: '' });
  expect(socket.stderr).toBe(
    'wp: show: no program on this machine can connect to a unix socket; install nc (of OpenBSD), socat, perl or python3\n',
  );
  const port = await run(['sh', stub('port'), 'show', 'empty'], bare);
  expect(port.stderr).toBe(
    'wp: show: no program on this machine can connect to a port; install nc, socat, perl, python3, bash or curl\n',
  );
  const sum = {
    ...otherMachine,
    env: { PATH: await dirWithOnly('nc', ...REQUIRED_PROGRAMS.filter((name) => name !== 'sha256sum')) },
  };
  expect((await run(['sh', stub('port'), 'show', 'empty'], sum)).stderr).toMatch(
    /^wp: show: no program on this machine can compute SHA-256.*install /,
  );
});

test('a shell, nc and the basic utilities are sufficient; perl is not needed', async () => {
  const few = { ...otherMachine, env: { PATH: await dirWithOnly('nc', ...REQUIRED_PROGRAMS) } };
  for (const way of ['socket', 'port'] as const) {
    const shown = await run(['sh', stub(way), 'show', 'random.bin'], few);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect((await contentOf(entryNumbers(shown.stdout)[0] ?? 0)).equals(random)).toBe(true);
    const piped = await run(['sh', stub(way), 'as', 'bin'], { ...few, input: random });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect((await contentOf(entryNumbers(piped.stdout)[0] ?? 0)).equals(random)).toBe(true);
  }
});

test.each([
  ['that closes the connection', () => ''],
  ['that guesses', () => `{"kind":"hello","version":1,"proof":"${'a'.repeat(64)}"}\n`],
  ['that gives the challenge back', (hello: string) => hello],
  ['that sends an acknowledgement', () => '{"kind":"ack","id":"00000000000000000000000000000000"}\n'],
])('an unknown listener on the port %s gets nothing', async (_, answer) => {
  let received = '';
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += String(bytes);
      const reply = answer(String(bytes));
      if (reply) socket.write(reply);
      else socket.end();
    });
  });
  await new Promise<void>((settle) => listener.listen(0, '127.0.0.1', settle));
  const address = listener.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const dir = tempDir();
  copyFileSync(join(root, 'clients/sh/wp-stub'), join(dir, 'wp-stub'));
  writeFileSync(join(dir, 'to'), `to=${port}\ntoken=${token}\n`);
  for (const [args, input] of [
    [['show', 'random.bin'], undefined],
    [['as', 'bin'], random],
  ] as const) {
    const shown = await run(['sh', join(dir, 'wp-stub'), ...args], { ...otherMachine, input });
    expect(shown).toMatchObject({ code: 1, stdout: '' });
    expect(shown.stderr).toMatch(/^wp: show: [^\n]+\n$/);
  }
  listener.close();
  const [id = ''] = token.split('.');
  expect(
    received.replaceAll(new RegExp(`\\{"kind":"hello","version":1,"challenge":"${id}\\.[0-9a-f]{32}"\\}\\n`, 'g'), ''),
  ).toBe('');
});

test.runIf(process.getuid?.() === 0)(
  'a socket that another user created in place of the forwarded one gets nothing',
  async () => {
    for (const named of ['theirs', 'a link to theirs']) {
      const [otherSocket, ownSocket] = [tempDir(), tempDir()];
      let received = '';
      const listener = createServer(
        (socket) => void socket.on('error', () => {}).on('data', (bytes) => (received += String(bytes))),
      );
      await new Promise<void>((settle) => listener.listen(join(otherSocket, 'sock'), settle));
      chownSync(otherSocket, 65534, 65534);
      const link = join(ownSocket, 'link');
      symlinkSync(otherSocket, link);
      copyFileSync(join(root, 'clients/sh/wp-stub'), join(ownSocket, 'wp-stub'));
      writeFileSync(join(ownSocket, 'to'), `to=unix:${join(named === 'theirs' ? otherSocket : link, 'sock')}\n`);
      for (const [args, input] of [
        [['show', 'random.bin'], undefined],
        [['as', 'bin'], random],
      ] as const) {
        const shown = await run(['timeout', '5', 'sh', join(ownSocket, 'wp-stub'), ...args], {
          ...otherMachine,
          input,
        });
        expect(shown).toMatchObject({ code: 1, stdout: '' });
        expect(shown.stderr).toMatch(/^wp: show: the socket's directory is gone or not yours, .*\n$/);
      }
      listener.close();
      expect(received).toBe('');
    }
  },
);

test('a listener that sends nothing is abandoned after ten seconds', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}));
  await new Promise<void>((settle) => silent.listen(0, '127.0.0.1', settle));
  const address = silent.address();
  const dir = tempDir();
  copyFileSync(join(root, 'clients/sh/wp-stub'), join(dir, 'wp-stub'));
  writeFileSync(
    join(dir, 'to'),
    `to=${address !== null && typeof address === 'object' ? address.port : 0}\ntoken=${token}\n`,
  );
  const shown = await run(['sh', join(dir, 'wp-stub'), 'as', 'txt'], { ...otherMachine, input: 'x' });
  silent.close();
  expect(shown).toMatchObject({ code: 1, stdout: '' });
  expect(shown.stderr).toMatch(/^wp: show: [^\n]+\n$/);
});

test('files that cannot be shown are reported one per line, and the others are shown', async () => {
  const shown = await run([stub('socket'), 'show', 'nowhere', 'empty'], otherMachine);
  expect(shown.code).toBe(1);
  expect(entryNumbers(shown.stdout)).toHaveLength(1);
  expect(shown.stderr).toBe('wp: show: nowhere: no such file; check its name\n');
  const deletedFile = tempDir();
  copyFileSync(join(root, 'clients/sh/wp-stub'), join(deletedFile, 'wp-stub'));
  writeFileSync(join(deletedFile, 'to'), `to=unix:${join(deletedFile, 'sock')}\n`);
  for (const input of [undefined, 'a stream']) {
    const args = input === undefined ? ['show', 'empty'] : ['show'];
    const alone = await run([join(deletedFile, 'wp-stub'), ...args], { ...otherMachine, input });
    expect(alone).toMatchObject({ code: 1, stdout: '' });
    expect(alone.stderr).toMatch(/^wp: show: [^\n]+\n$/);
  }
  expect((await run([stub('socket')], otherMachine)).stderr).toMatch(
    /^wp: show: the command is one of show, as, sink, send; /,
  );
});

test('100 files shown in parallel are neither lost nor duplicated', async () => {
  const before = readEntries(server.dir, server.scroll).length;
  const line = `for i in $(seq 100); do echo "number $i" >"$1/$i.txt"; '${stub('socket')}' show "$1/$i.txt" & done; wait`;
  const all = start('bash', ['-c', line, 'bash', tempDir()], otherMachine);
  const { stdout, stderr } = await within(all.ended, 'a hundred stubs');
  expect(stderr).toBe('');
  expect(new Set(entryNumbers(stdout)).size).toBe(100);
  const names = readEntries(server.dir, server.scroll)
    .slice(before)
    .map(({ name }) => name);
  expect(names.sort()).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 1}.txt`).sort());
});
