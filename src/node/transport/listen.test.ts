import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { holderOf } from './holder.ts';
import { listenTcp, listenUnix } from './listen.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const onLinux = process.platform === 'linux';

function received(target: number | string): Promise<string> {
  return new Promise((settle) => {
    const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
    });
    socket.on('error', () => {});
    socket.once('close', () => settle(text));
  });
}

test.runIf(onLinux)('a peer of the same user is trusted, and holderOf finds the process of a port', async () => {
  const listener = await listenTcp('127.0.0.1', 0, async (peer) => peer.send(Buffer.from(String(peer.trusted))));
  ends.push(() => listener.close());
  expect(await received(listener.port)).toBe('true');
  expect(await holderOf(listener.port)).toMatchObject({ pid: process.pid });
  expect(listener.address).toBe(`127.0.0.1:${listener.port}`);
});

test('holderOf finds no process for a free port', async () => {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await new Promise((settle) => server.close(settle));
  expect(await holderOf(port)).toBeUndefined();
});

test('listenUnix creates a private socket, replaces one without a listener, and refuses one with a listener', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  ends.push(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'x.sock');
  const killedListener = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', killedListener]);
  expect(statSync(path).isSocket()).toBe(true);
  const listener = await listenUnix(path, async (peer) => peer.send(Buffer.from(String(peer.trusted))));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await received(path)).toBe('true');
  await expect(listenUnix(path, async () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await listener.close();
  expect(() => statSync(path)).toThrow('ENOENT');
});

test('close() closes every connection, including a new one', async () => {
  const listener = await listenTcp('127.0.0.1', 0, () => new Promise(() => {}));
  const peers = Array.from({ length: 5 }, () => received(listener.port));
  await new Promise((settle) => setImmediate(settle));
  await listener.close();
  expect(await Promise.all(peers)).toEqual(['', '', '', '', '']);
});

test('a peer that does not read is disconnected, and its queue is bounded', async () => {
  let chunks = 0;
  let markClosed: () => void = () => {};
  const closed = new Promise<void>((settle) => {
    markClosed = settle;
  });
  const listener = await listenTcp('127.0.0.1', 0, async (peer) => {
    for (; chunks < 400; chunks++) peer.send(Buffer.alloc(100_000));
    const bytes = peer.bytes[Symbol.asyncIterator]();
    await bytes.next().catch(() => {});
    markClosed();
  });
  ends.push(() => listener.close());
  const socket = connect(listener.port, '127.0.0.1').pause();
  socket.on('error', () => {});
  ends.push(() => socket.destroy());
  await closed;
});

test('a peer that does not authenticate in time is disconnected; an authenticated one is not', async () => {
  const listener = await listenTcp(
    '127.0.0.1',
    0,
    async (peer) => {
      try {
        for await (const bytes of peer.bytes) if (String(bytes).includes('token')) peer.markAuthenticated();
      } catch {
        // It was closed.
      }
    },
    'nobody',
    scaled(2000),
  );
  ends.push(() => listener.close());
  const speak = (words: string) => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(words);
    const timer = setInterval(() => socket.write('x'), 50);
    ends.push(() => clearInterval(timer));
    return { socket, closed: new Promise<void>((resolve) => socket.once('close', () => resolve())) };
  };
  const known = speak('token');
  await speak('hello').closed;
  // This peer connected first, so its timeout would have expired first.
  expect(known.socket.closed).toBe(false);
});
