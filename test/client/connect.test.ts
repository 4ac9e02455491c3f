import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { layout } from '../../src/node/directory/directory.ts';
import { root, type Server, start, startServer, tempDir, until, within } from '../support/wp.ts';
import { entriesOf, entryNumbers, has, launcher, run, shells } from './client.ts';

const files = tempDir();
let server: Server;

beforeAll(async () => {
  server = await startServer();
  writeFileSync(join(files, 'a.txt'), 'a\n');
  writeFileSync(join(files, 'é "b".txt'), 'b\n');
});

/** The original of entry `n`, as stored by the server. */
async function contentOf(n: number): Promise<Buffer> {
  const entry = (await entriesOf(server)).get(n);
  const source = join(layout.scrolls(server.dir), server.scroll, entry?.id ?? '', 'source');
  return readFileSync(join(source, readdirSync(source)[0] ?? ''));
}

describe.each(['nc', 'socat', 'perl', 'python3', 'bash', 'curl', 'node'].filter(has))('with %s alone', (program) => {
  for (const way of ['socket', 'tcp']) {
    const runOptions = (input?: Uint8Array) => ({
      dir: server.dir,
      cwd: files,
      input,
      env: { WEBPIPE_CONNECT: program },
    });

    /** Runs `work`, for `tcp` without the server's socket, so that clients have to use TCP. */
    const connecting = async (work: () => Promise<void>) => {
      if (way === 'tcp') renameSync(server.socket, `${server.socket}.away`);
      await work().finally(() => way === 'tcp' && renameSync(`${server.socket}.away`, server.socket));
    };

    test(`files (${way})`, () =>
      connecting(async () => {
        const result = await run([launcher, 'show', 'a.txt', 'é "b".txt', 'a.txt'], runOptions());
        expect(result).toMatchObject({ code: 0, stderr: '' });
        const entries = await entriesOf(server);
        const names = entryNumbers(result.stdout).map((n) => entries.get(n)?.name);
        expect(names).toEqual(['a.txt', 'é "b".txt', 'a.txt']);
      }));

    test.skipIf(program === 'curl')(`a stream of 3 MB of any bytes (${way})`, () =>
      connecting(async () => {
        const bytes = randomBytes(3_000_000);
        const result = await run([launcher, 'as', 'bin'], runOptions(bytes));
        expect(result).toMatchObject({ code: 0, stderr: '' });
        const [n = 0] = entryNumbers(result.stdout);
        expect(Buffer.compare(await contentOf(n), bytes)).toBe(0);
      }),
    );
  }
});

describe.each(shells.map((shell) => ({ shell, name: shell.join(' ') })))('without perl, in $name', ({ shell }) => {
  test('a stream', async () => {
    const tools = tempDir();
    for (const tool of ['nc', 'dd', 'wc', 'cat', 'rm', shell[0] ?? '']) {
      const path = (await run(['sh', '-c', `command -v ${tool}`], { dir: tools })).stdout.trim();
      if (path) symlinkSync(path, join(tools, tool));
    }
    const bytes = randomBytes(300_000);
    const result = await run([...shell, launcher, 'show'], { dir: server.dir, env: { PATH: tools }, input: bytes });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const [n = 0] = entryNumbers(result.stdout);
    expect(Buffer.compare(await contentOf(n), bytes)).toBe(0);
  });
});

test('a stream prints its URL at once and is sent while it arrives', async () => {
  const show = start(launcher, ['show', '--title', 'slow'], { dir: server.dir, input: 'open' });
  show.child.stdin?.write('one\n');
  const n = await until('the URL', () => entryNumbers(show.stdout())[0]);
  await until('the first line in the entry', async () => {
    const entry = (await entriesOf(server)).get(n);
    return entry?.status === 'open' && entry.bytes >= 4;
  });
  show.child.stdin?.write('two\n');
  await until('the second line', async () => (await contentOf(n)).length === 8);
  show.child.stdin?.end();
  expect(await within(show.ended, 'the end')).toMatchObject({ code: 0, stderr: '' });
  expect((await contentOf(n)).toString()).toBe('one\ntwo\n');
  await until('the rendered entry', async () => (await entriesOf(server)).get(n)?.status === 'ok');
});

test('Ctrl-C ends the stream, and the entry keeps what was read', async () => {
  const line = `(while :; do echo line; sleep 0.05; done) | '${launcher}' show; echo "status $?"`;
  const show = start('bash', ['-c', `trap : INT; ${line}`], { dir: server.dir });
  const n = await until('the URL', () => entryNumbers(show.stdout())[0]);
  await until('the entry', async () => (await entriesOf(server)).get(n)?.status === 'open');
  await until('some lines', async () => (await contentOf(n)).length >= 15);
  process.kill(-show.pid, 'SIGINT'); // to the process group, as a terminal does
  expect((await within(show.ended, 'the end')).stdout).toMatch(/status 0\n$/);
  await until('the rendered entry', async () => (await entriesOf(server)).get(n)?.status === 'ok');
  expect((await contentOf(n)).toString()).toMatch(/^(line\n)+$/);
});

interface TestListener {
  readonly dir: string;
  /** The received data, one string for each connection. */
  readonly received: string[];
  close(): void;
}

/** Starts a listener in place of webpipe. `answer` is its reply on connection 1, 2, … */
async function listen(answer: (received: string, connection: number) => string): Promise<TestListener> {
  const dir = tempDir();
  const received: string[] = [];
  mkdirSync(layout.run(dir));
  const net = createServer((socket) => {
    const connection = received.push('');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const all = received[connection - 1] + data.toString();
      received[connection - 1] = all;
      if (all.endsWith('{"kind":"end"}\n')) socket.end(answer(all, connection));
    });
  });
  await new Promise<void>((ready) => net.listen(join(layout.run(dir), '8988.sock'), ready));
  writeFileSync(join(layout.run(dir), '8988.info'), `pid=${process.pid}\nxrender=8988\nhttp=8989\n`);
  return { dir, received, close: () => net.close() };
}

const idsIn = (text: string) => [...text.matchAll(/"id":"(\w+)"/g)].map(([, id]) => id);

test('only files without a reply are sent again, with the same id', async () => {
  const { dir, received, close } = await listen((all, connection) => {
    const ids = connection === 1 ? idsIn(all).slice(0, 1) : idsIn(all);
    return ids.map((id) => `{"kind":"ack","id":"${id}","n":${connection}}\n`).join('');
  });
  const result = await run([launcher, 'show', 'a.txt', 'a.txt', 'a.txt'], { dir, cwd: files });
  close();
  expect(received).toHaveLength(2);
  const [first = '', second = ''] = received;
  expect(idsIn(second)).toEqual(idsIn(first).slice(1));
  const urls = idsIn(first).map((id) => `http://localhost:8989/#${id}\n`);
  expect(result).toMatchObject({ code: 0, stderr: '', stdout: urls.join('') });
});

test('a connection without any reply is reported', async () => {
  const { dir, close } = await listen(() => '');
  const result = await run([launcher, 'show', 'a.txt'], { dir, cwd: files, env: { WEBPIPE_CONNECT: 'nc' } });
  const stream = await run([launcher, 'show'], { dir, input: 'x' });
  close();
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/^wp: show: a\.txt: the connection was closed without a reply; .*\n$/);
  expect(stream).toMatchObject({ code: 1, stdout: '' });
  expect(stream.stderr).toMatch(/^wp: show: stdin\.txt: the connection was closed without a reply; .*\n$/);
});

test('an error without an id applies to all files, and its message is escaped', async () => {
  const { dir, close } = await listen(() => '{"kind":"error","message":"show: no \\"room\\" \\u001b[31m\\\\ left"}\n');
  const result = await run([launcher, 'show', 'a.txt'], { dir, cwd: files });
  close();
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toBe('wp: show: a.txt: no "room" \\u001b[31m\\ left\n');
});

test('shellcheck finds nothing in the scripts', async () => {
  if (!has('shellcheck')) return;
  const result = await run(['shellcheck', '-x', 'wp', 'clients/sh/wp-stub'], { dir: files, cwd: root });
  expect(result.stdout).toBe('');
});
