/** Senders that break the protocol or stop in the middle of a record do not affect others. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntries, sourceOf } from '../support/disk.ts';
import { dial, dialWhenListening, newId } from '../support/raw.ts';
import { relayTo } from '../support/relay.ts';
import { start, startServer, startWp, tempDir, until, within, wp } from '../support/wp.ts';

const FREE_PORTS = ['--xrender-port', '0', '--http-port', '0'];

/** Creates a webpipe directory with a private subdirectory for sockets. */
function socketDir(): { dir: string; socket: string } {
  const dir = tempDir();
  mkdirSync(join(dir, 'private'), { mode: 0o700 });
  return { dir, socket: join(dir, 'private/s') };
}

test('a sender that disconnects within a piece ends its stream, and the output of recv stays well-formed', async () => {
  const { dir, socket } = socketDir();
  const recv = startWp(['recv', '--listen', `unix:${socket}`], { dir });
  const broken = await dialWhenListening(socket);
  const id = newId();
  broken.send({ kind: 'file', id, name: 'x.txt', open: true }, { kind: 'more', id, length: 1000 }, 'abc');
  await until('the piece', () => recv.stdout().includes('abc'));
  broken.socket.destroy();
  await until('the end of the stream', () => recv.stdout().includes(`{"kind":"end","id":"${id}"}`));
  const next = await dial(socket);
  next.send({ kind: 'file', id: newId(), name: 'y.txt', length: 5 }, 'hello', { kind: 'end' });
  expect(await within(next.closed, 'the answer')).toMatchObject([{ kind: 'ack' }]);
  expect(recv.stdout()).toContain(`{"kind":"more","id":"${id}","length":3}\nabc{"kind":"end"`);
});

test('a stream that stalls within a piece delays no other sender', async () => {
  const server = await startServer(['run', ...FREE_PORTS]);
  const { socket } = socketDir();
  startWp(['recv', '--listen', `unix:${socket}`, '--to', `unix:${server.socket}`], { dir: tempDir() });
  const stalled = await dialWhenListening(socket);
  const other = await dial(socket);
  const [id, live] = [newId(), newId()];
  stalled.send({ kind: 'file', id, name: 'x.txt', open: true }, { kind: 'more', id, length: 1000 }, 'abc');
  other.send({ kind: 'file', id: live, name: 'live.txt', open: true }, { kind: 'more', id: live, length: 4 }, 'one\n');
  await stalled.waitForAnswers(1);
  await other.waitForAnswers(1);
  const file = await dial(socket);
  file.send({ kind: 'file', id: newId(), name: 'y.txt', length: 5 }, 'hello', { kind: 'end' });
  expect(await within(file.closed, 'the answer')).toMatchObject([{ kind: 'ack' }]);
  // The stalled stream is still open, so the file was not delayed until it timed out.
  expect(stalled.socket.closed).toBe(false);
  expect(stalled.answers()).toHaveLength(1);
  stalled.socket.destroy();
  other.send({ kind: 'more', id: live, length: 4 }, 'two\n', { kind: 'end', id: live }, { kind: 'end' });
  await within(other.closed, 'the end of the other stream');
  await until('both streams', () => readEntries(server.dir, server.scroll).every(({ status }) => status === 'ok'));
  expect(sourceOf(server.dir, server.scroll, live).toString()).toBe('one\ntwo\n');
  expect(sourceOf(server.dir, server.scroll, id).toString()).toBe('abc');
});

test('a stream rendered on another machine becomes complete although the connection broke', async () => {
  const receiverDir = tempDir();
  const token = join(receiverDir, 'token');
  writeFileSync(token, (await wp(['token', '--host', 'far'], { dir: receiverDir })).stdout);
  const port = async (name: string, dir: string) => {
    return until(`the port of ${name}`, () => {
      try {
        const files = readdirSync(join(dir, 'run')).filter((file) => file.endsWith('.info'));
        const texts = files.map((file) => readFileSync(join(dir, 'run', file), 'utf8'));
        return Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(texts.join('\n'))?.[1]) || false;
      } catch {
        return false;
      }
    });
  };
  const bin = join(import.meta.dirname, '../../dist/wp.js');
  start('sh', ['-c', `node '${bin}' recv --listen 127.0.0.1:0 | node '${bin}' serve t --http-port 0`], {
    dir: receiverDir,
  });
  const relay = await relayTo(await port('recv', receiverDir));
  const { dir, socket } = socketDir();
  const stages = `node '${bin}' xrender --listen 'unix:${socket}' | node '${bin}' send --to ${relay.port} --token-file '${token}'`;
  start('sh', ['-c', stages], { dir });
  const id = newId();
  const peer = await dialWhenListening(socket);
  peer.send({ kind: 'file', id, name: 'x.txt', open: true }, { kind: 'more', id, length: 4 }, 'one\n');
  const entries = () => {
    try {
      return readEntries(receiverDir, 't');
    } catch {
      return [];
    }
  };
  await until('the open entry at the receiver', () => entries()[0]?.status === 'open');
  const { receivedBytes } = relay;
  relay.cutAfter(1);
  peer.send({ kind: 'more', id, length: 4 }, 'two\n');
  await until('the cut connection', () => relay.receivedBytes > receivedBytes);
  peer.send({ kind: 'more', id, length: 6 }, 'three\n', { kind: 'end', id }, { kind: 'end' });
  await until(
    'the complete stream',
    () => entries()[0]?.status === 'ok' && sourceOf(receiverDir, 't', id).length === 14,
  );
  expect(sourceOf(receiverDir, 't', id).toString()).toBe('one\ntwo\nthree\n');
  expect(entries()).toHaveLength(1);
});

test('if three connections send the same file and two stall, the third one is answered', async () => {
  const { dir, socket } = socketDir();
  startWp(['recv', '--listen', `unix:${socket}`], { dir });
  const first = await dialWhenListening(socket);
  const [second, third] = [await dial(socket), await dial(socket)];
  const id = newId();
  for (const peer of [first, second]) peer.send({ kind: 'file', id, name: 'x.txt', length: 5 }, 'he');
  third.send({ kind: 'file', id, name: 'x.txt', length: 5 }, 'hello', { kind: 'end' });
  expect(await within(third.closed, 'the answer')).toMatchObject([{ kind: 'ack', id }]);
  for (const peer of [first, second]) peer.socket.destroy();
});

test('records from another machine never show a file of this machine, not even after a kill', async () => {
  const dir = tempDir();
  const secret = join(dir, 'secret.txt');
  writeFileSync(secret, 'a secret of this machine');
  const startRun = () => startServer(['run', '--recv', '--recv-port', '0', ...FREE_PORTS, 'mine'], { dir });
  const server = await startRun();
  const token = (await wp(['token'], { dir })).stdout.trim();
  const info = readFileSync(join(dir, 'run', `${server.port}.info`), 'utf8');
  const local = { version: 1, spoolItem: dir, detectedType: 'dir', copying: true, replace: true };
  const localFields = { path: secret, whole: 1e15, kept: dir, renewed: true, copying: true, page: secret, local };
  const ids = [newId(), newId(), newId()];
  for (const port of [Number(/^recv=(\d+)$/m.exec(info)?.[1]), server.port]) {
    const id = ids.pop() ?? '';
    const peer = await dial(port);
    peer.send({ kind: 'hello', version: 1, token });
    peer.send({ kind: 'file', id, name: 'x.txt', open: true, ...localFields }, { kind: 'more', id, length: 3 }, 'abc');
    peer.send({ kind: 'file', id: newId(), name: 'y.html', length: 3, ...localFields }, 'abc');
    await peer.waitForAnswers(2);
  }
  process.kill(server.pid, 'SIGKILL');
  await server.ended;
  const restarted = await startRun();
  const entries = await until('all entries, rendered or failed', () => {
    const all = readEntries(dir, 'mine');
    return all.length === 4 && all.every(({ status }) => status === 'ok' || status === 'failed') && all;
  });
  for (const entry of entries) {
    const page = readFileSync(join(dir, 's/mine', `${entry.id}.html`), 'utf8');
    expect(page).not.toContain('a secret');
    if (entry.status === 'ok') expect(sourceOf(dir, 'mine', entry.id).toString()).toBe('abc');
  }
  expect(readFileSync(secret, 'utf8')).toContain('a secret');
  expect(restarted.pid).not.toBe(server.pid);
});

test('a stream or file larger than --max-size is refused on every port', async () => {
  const server = await startServer(['run', '--recv', '--recv-port', '0', ...FREE_PORTS, '--max-size', '10']);
  const token = (await wp(['token'], { dir: server.dir })).stdout.trim();
  const info = readFileSync(join(server.dir, 'run', `${server.port}.info`), 'utf8');
  for (const port of [Number(/^recv=(\d+)$/m.exec(info)?.[1]), server.port]) {
    const id = newId();
    const stream = await dial(port);
    stream.send({ kind: 'hello', version: 1, token }, { kind: 'file', id, name: 'x.txt', open: true });
    for (let i = 0; i < 3; i++) stream.send({ kind: 'more', id, length: 4 }, '123\n');
    const answers = await within(stream.closed, 'the end');
    const refused = answers.find(({ kind }) => kind === 'error');
    expect(refused).toMatchObject({ id });
    expect(refused?.message).toContain('12 bytes, and 10 are taken');
    const file = await dial(port);
    file.send(
      { kind: 'hello', version: 1, token },
      { kind: 'file', id: newId(), name: 'y', length: 11 },
      '12345678901',
    );
    file.send({ kind: 'end' });
    expect(await within(file.closed, 'the end')).toMatchObject([{ kind: 'error' }]);
  }
});

test('--legacy does not end the streams of other clients', async () => {
  const server = await startServer(['run', '--recv', '--recv-port', '0', ...FREE_PORTS, '--legacy']);
  const id = newId();
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id, name: 'x.txt', open: true }, { kind: 'more', id, length: 4 }, 'one\n');
  await peer.waitForAnswers(1);
  // With --legacy, a connection of a client of 2014 ends after a shorter silence.
  await new Promise((settle) => setTimeout(settle, 1500));
  peer.send({ kind: 'more', id, length: 4 }, 'two\n', { kind: 'end', id }, { kind: 'end' });
  expect((await within(peer.closed, 'the end')).at(-1)).toMatchObject({ kind: 'ack', id });
  await until('the entry', () => readEntries(server.dir, server.scroll)[0]?.status === 'ok');
  expect(sourceOf(server.dir, server.scroll, id).toString()).toBe('one\ntwo\n');
});

test('a wrong token is ignored where none is required', async () => {
  const server = await startServer(['run', ...FREE_PORTS]);
  const stale = join(tempDir(), 'token');
  writeFileSync(stale, `${'0'.repeat(8)}.${'1'.repeat(32)}\n`);
  const file = join(tempDir(), 'x.txt');
  writeFileSync(file, 'hello');
  const env = { WEBPIPE_TOKEN_FILE: stale };
  const sent = await wp(['send', '--to', `unix:${server.socket}`, file], { dir: tempDir(), env });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
});

test('an entry record without a page is refused', async () => {
  const dir = tempDir();
  const server = await startServer(['run', 'pageless'], { dir });
  const peer = await dial(server.port);
  peer.send({ kind: 'entry', id: newId(), name: 'a.txt' }, { kind: 'end' });
  expect(await within(peer.closed, 'the answer')).toMatchObject([
    { kind: 'error', message: expect.stringContaining('has no page') },
  ]);
  expect(readEntries(dir, 'pageless')).toEqual([]);
});
