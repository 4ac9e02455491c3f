/** A show is not delayed by other clients, plugins, viewers or files. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dial, newId } from '../support/raw.ts';
import { login, type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, wp } from '../support/wp.ts';

let server: Server;
let viewer: Viewer;
const cwd = tempDir();
/** How long a show takes on an idle server, milliseconds. */
let usualTime = Number.POSITIVE_INFINITY;
/**
 * How many times longer than usual a show may take under the load of a test. A show that waited for the load would take
 * much longer.
 */
const ALLOWED = 20;
/** The plugin `hang` exits when this file exists. */
const releaseFile = join(cwd, 'release');

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
  writeFileSync(join(cwd, 'small.txt'), 'small\n');
  mkdirSync(join(server.dir, 'plugins/hang'), { recursive: true });
  writeFileSync(
    join(server.dir, 'plugins/hang/render'),
    `#!/bin/sh\nwhile [ ! -e '${releaseFile}' ]; do sleep 0.5; done\n`,
    {
      mode: 0o755,
    },
  );
  usualTime = Math.max(await showTime(), await showTime());
});

/**
 * Shows a small file from the command line and waits until its entry is rendered. Returns how long that took,
 * milliseconds.
 */
async function showTime(): Promise<number> {
  const start = performance.now();
  const { stdout, code } = await wp(['show', 'small.txt'], { dir: server.dir, cwd });
  expect(code).toBe(0);
  const n = Number(stdout.split('#')[1]);
  await viewer.entry('the small file', (entry) => entry.n === n && entry.status === 'ok');
  return performance.now() - start;
}

/** Shows a small file and expects that it takes about as long as usual. */
async function expectUsualTime(): Promise<void> {
  expect(await showTime()).toBeLessThan(ALLOWED * usualTime);
}

test('a show is not delayed by clients that are silent, stop in a line or a body, or do not read', async () => {
  const silent = await dial(server.port);
  const stopsInLine = await dial(server.port);
  stopsInLine.send('{"kind":"file","pa');
  const stopsInBody = await dial(server.port);
  stopsInBody.send({ kind: 'file', id: newId(), name: 'slow.txt', length: 1_000_000 }, 'a little');
  const stopsInBodyOnSocket = await dial(server.socket);
  stopsInBodyOnSocket.send({ kind: 'file', id: newId(), name: 'slow.txt', length: 1_000_000 }, 'a little');
  await expectUsualTime();
  await expectUsualTime();
  const notReading = connect(server.port, '127.0.0.1').pause();
  notReading.on('error', () => {});
  for (let i = 0; i < 20_000; i++) notReading.write(`/nowhere/${'x'.repeat(200)}${i}\n`);
  await expectUsualTime();
  notReading.destroy();
  for (const { socket } of [silent, stopsInLine, stopsInBody, stopsInBodyOnSocket]) socket.destroy();
});

test('a show is not delayed by plugins that hang', async () => {
  const peer = await dial(server.port);
  for (let i = 0; i < 100; i++) peer.send({ kind: 'file', id: newId(), name: `${i}.hang`, length: 1 }, 'x');
  await peer.waitForAnswers(64);
  await expectUsualTime();
});

test('a show is not delayed by a viewer that does not read', async () => {
  const token = await login(server);
  const socket = connect(server.httpPort, '127.0.0.1');
  socket.on('error', () => {});
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const head =
    `GET /api/feed HTTP/1.1\r\nHost: localhost:${server.httpPort}\r\n` +
    `Origin: http://localhost:${server.httpPort}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  await new Promise<void>((settle) => {
    socket.once('data', () => settle());
    socket.write(head);
  });
  socket.pause();
  const hello = Buffer.from(JSON.stringify({ kind: 'subscribe', token, scroll: server.scroll }));
  // One masked text frame; its mask is zero.
  const frame = Buffer.alloc(8);
  frame[0] = 0x81;
  frame[1] = 0x80 | 126;
  frame.writeUInt16BE(hello.length, 2);
  socket.write(Buffer.concat([frame, hello]));
  writeFileSync(join(cwd, 'page.txt'), 'some text\n'.repeat(9000));
  const peer = await dial(server.socket);
  for (let i = 0; i < 200; i++) peer.send({ kind: 'file', id: newId(), path: join(cwd, 'page.txt') });
  await peer.waitForAnswers(200);
  await expectUsualTime();
  socket.destroy();
});

test('a show is not delayed by a sparse file of 5 GB', async () => {
  const big = join(cwd, 'big.txt');
  execFileSync('truncate', ['-s', '5G', big]);
  const id = newId();
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id, path: big });
  const shown = await viewer.entry('its entry', (entry) => entry.id === id && entry.status !== 'accepted');
  expect(shown).toMatchObject({ status: 'ok', bytes: 5 * 1024 ** 3 });
  await expectUsualTime();
  await expectUsualTime();
});

test('a show is not delayed by a large file that is copied before it is rendered', async () => {
  const big = join(cwd, 'big.hang');
  execFileSync('truncate', ['-s', '3G', big]);
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id: newId(), path: big });
  await expectUsualTime();
  await expectUsualTime();
});

test('a show is not delayed by a directory of a thousand files', async () => {
  mkdirSync(join(cwd, 'many'));
  for (let i = 0; i < 1000; i++) writeFileSync(join(cwd, 'many', `${i}.txt`), 'x');
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id: newId(), path: join(cwd, 'many') });
  await expectUsualTime();
  writeFileSync(releaseFile, '');
  await until('the answer', () => peer.answers().length > 0);
});
