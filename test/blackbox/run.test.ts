import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dial } from '../support/raw.ts';
import { http, watch } from '../support/viewer.ts';
import { ready, type Server, startServer, startWp, tempDir, until, within, wp } from '../support/wp.ts';

/** The info files and sockets in `run/`, which a server creates and must remove when it exits. */
function runFiles(dir: string): string[] {
  return readdirSync(join(dir, 'run')).filter((name) => /\.(info|sock)$/.test(name));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the server cleanly', async (signal) => {
  const server = await startServer();
  expect(runFiles(server.dir).length).toBe(2);
  await watch(server);
  await dial(server.port);
  const ended = await server.end(signal);
  expect(ended).toMatchObject({ code: 0, signal: null });
  expect(runFiles(server.dir)).toEqual([]);
});

test('the server exits although its standard input is open', async () => {
  const server = await startServer(['run'], { input: 'open' });
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
});

test('the server exits although a plugin hangs, and ends the plugin', async () => {
  const server = await startServer();
  mkdirSync(join(server.dir, 'plugins/hang'), { recursive: true });
  const pid = join(server.dir, 'pid');
  writeFileSync(join(server.dir, 'plugins/hang/render'), `#!/bin/sh\necho $$ >${pid}\nsleep 1000\n`, { mode: 0o755 });
  const show = startWp(['as', 'hang'], { dir: server.dir, input: 'x' });
  const plugin = Number(
    await until('the start of the plugin', () => existsSync(pid) && readFileSync(pid, 'utf8').trim()),
  );
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  await until('the end of the plugin', () => !existsSync(`/proc/${plugin}`));
  expect(await within(show.ended, 'the end of the show')).not.toMatchObject({ code: 0 });
});

test('a second server on the same scroll is refused, with the process of the first one', async () => {
  const server = await startServer(['run', 'mine']);
  const second = await wp(['run', 'mine', '--xrender-port', '0', '--http-port', '0'], { dir: server.dir });
  expect(second.code).toBe(1);
  expect(second.stdout).toBe('');
  expect(second.stderr).toMatch(new RegExp(`^wp: .*process ${server.pid}; .+\n$`));
  const other = await startServer(['run', 'other'], { dir: server.dir });
  expect(other.scroll).toBe('other');
  expect(runFiles(server.dir).length).toBe(4);
});

test('after kill -9 another server can open the scroll', async () => {
  const server = await startServer(['run', 'mine']);
  await server.end('SIGKILL');
  const restarted = await startServer(['run', 'mine'], { dir: server.dir });
  expect(await restarted.end()).toMatchObject({ code: 0 });
});

test('a port in use is reported with the process that uses it and the option to change it', async () => {
  const server = await startServer();
  for (const [option, port] of [
    ['--xrender-port', server.port],
    ['--http-port', server.httpPort],
  ] as const) {
    const other = option === '--http-port' ? '--xrender-port' : '--http-port';
    const refused = await wp(['run', option, String(port), other, '0'], { dir: tempDir() });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(new RegExp(`^wp: .*port ${port} is in use by process ${server.pid} .*${option}\n$`));
  }
});

test('ports and directory are read from the environment, and the name of the scroll is checked', async () => {
  const dir = tempDir();
  const [files, viewer] = [await freePort(), await freePort()];
  const env = { WEBPIPE_XRENDER_PORT: String(files), WEBPIPE_HTTP_PORT: String(viewer) };
  const process = startWp(['run', '+lab'], { dir, env });
  const server = await ready(process, dir);
  expect(server).toMatchObject({ port: files, httpPort: viewer });
  expect(server.scroll).toMatch(/^\d{4}-\d\d-\d\d-lab$/);
  await process.end();
  const bad = await wp(['run', '../evil'], { dir });
  expect(bad).toMatchObject({ code: 1, stdout: '' });
  expect(bad.stderr).toMatch(/^wp: scroll: "\.\.\/evil" cannot be the name of a scroll; .+\n$/);
});

test('the directory and the socket are private, and requests for another host name are refused', async () => {
  const server: Server = await startServer();
  for (const name of ['', 's', 'run', 'spool', `s/${server.scroll}`]) {
    expect(statSync(join(server.dir, name)).mode & 0o777, name).toBe(0o700);
  }
  expect(statSync(server.socket).mode & 0o777).toBe(0o600);
  const otherHost = await http(server, '/', { headers: { Host: 'evil.example' } });
  expect(otherHost.status).toBe(421);
});

test('run-recv accepts files from other machines on a separate port, which wp status prints', async () => {
  const server = await startServer(['run-recv', 'all', '--recv-port', '0', '--xrender-port', '0', '--http-port', '0']);
  const [running] = JSON.parse((await wp(['status', '--json'], { dir: server.dir })).stdout) as { recv: number }[];
  expect(server.stderr()).toContain(`from other machines on port ${running?.recv}; Ctrl-C stops it`);
  const stranger = await dial(running?.recv ?? 0);
  stranger.send({ kind: 'file', name: 'x', length: 1 }, 'x');
  expect(await within(stranger.closed, 'an answer')).toMatchObject([{ kind: 'error' }]);
  const token = (await wp(['token'], { dir: server.dir })).stdout.trim();
  const peer = await dial(running?.recv ?? 0);
  peer.send({ kind: 'hello', version: 1, token }, { kind: 'file', name: 'x.txt', length: 1 }, 'x', { kind: 'end' });
  expect(await within(peer.closed, 'an answer')).toMatchObject([{ kind: 'ack', n: 1 }]);
  expect(await server.end('SIGINT')).toMatchObject({ code: 0 });
  expect(runFiles(server.dir)).toEqual([]);
});
