import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readEntries, readJournal, sourceOf, spooled } from '../support/disk.ts';
import { dial, newId } from '../support/raw.ts';
import { type Viewer, watch } from '../support/viewer.ts';
import { type Server, start, startServer, tempDir, until, within } from '../support/wp.ts';

let server: Server;
let viewer: Viewer;
const cwd = tempDir();

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each(['port', 'socket'] as const)(
  'files sent by value over the %s are stored byte for byte, in order',
  async (way) => {
    const peer = await dial(server[way]);
    const bodies = [randomBytes(0), randomBytes(1), randomBytes(100_000), Buffer.from('{"kind":"end"}\n')];
    const ids = bodies.map(newId);
    for (const [i, body] of bodies.entries()) {
      peer.send({ kind: 'file', id: ids[i], name: `${i}.bin`, type: 'bin', length: body.length }, body);
    }
    peer.send({ kind: 'end' });
    const answers = await within(peer.closed, 'answers');
    expect(answers.map(({ kind }) => kind)).toEqual(ids.map(() => 'ack'));
    // Each file is answered when it is on disk. The numbers follow the order of arrival.
    const numbers = ids.map((id) => answers.find((answer) => answer.id === id)?.n ?? Number.NaN);
    expect(numbers).toEqual(ids.map((_, i) => (numbers[0] ?? 0) + i));
    for (const [i, id] of ids.entries()) {
      await viewer.entry(`entry ${id}`, (entry) => entry.id === id && entry.status === 'ok');
      expect(digest(sourceOf(server.dir, server.scroll, id))).toBe(digest(bodies[i] ?? Buffer.of()));
    }
  },
);

test('files of one sender stay in order, however long the first one takes to render', async () => {
  mkdirSync(join(cwd, 'large'));
  for (let i = 0; i < 2000; i++) writeFileSync(join(cwd, 'large', `${i}.txt`), 'x');
  writeFileSync(join(cwd, 'small.txt'), 'x');
  const peer = await dial(server.port);
  const names = ['large', 'small.txt', 'large', 'small.txt'];
  for (const name of names) peer.send({ kind: 'file', id: newId(), path: join(cwd, name) });
  peer.send({ kind: 'end' });
  const answers = await within(peer.closed, 'answers');
  const shown = readEntries(server.dir, server.scroll).slice(-names.length);
  expect(answers.map(({ kind }) => kind)).toEqual(names.map(() => 'ack'));
  expect(shown.map(({ name }) => name)).toEqual(names);
});

test('a client that closes its side after the last record still gets the answers', async () => {
  const peer = await dial(server.port);
  peer.socket.end(`${join(cwd, 'nowhere')}\n/etc/hostname\n`);
  const answers = await within(peer.closed, 'answers');
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['ack', 'error']);
});

test('a truncated body makes no entry and leaves nothing on disk', async () => {
  const before = readEntries(server.dir, server.scroll).length;
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id: newId(), name: 'cut.txt', length: 1_000_000 }, 'only this');
  peer.socket.end();
  const [answer] = await within(peer.closed, 'an answer');
  expect(answer).toMatchObject({ kind: 'error' });
  const killed = await dial(server.port);
  killed.send({ kind: 'file', id: newId(), name: 'cut2.txt', length: 1_000_000 }, 'only this');
  killed.socket.resetAndDestroy();
  await until('an empty spool', () => spooled(server.dir).length === 0);
  expect(readEntries(server.dir, server.scroll).length).toBe(before);
});

test('the same id twice, in sequence or at once, is one entry', async () => {
  const path = join(cwd, 'twice.txt');
  writeFileSync(path, 'twice\n');
  const id = newId();
  for (let i = 0; i < 2; i++) {
    const peer = await dial(server.port);
    peer.send({ kind: 'file', id, path }, { kind: 'end' });
    expect(await within(peer.closed, 'an answer')).toMatchObject([{ kind: 'ack', id }]);
  }
  const simultaneousId = newId();
  const peers = await Promise.all(Array.from({ length: 8 }, () => dial(server.port)));
  for (const peer of peers)
    peer.send({ kind: 'file', id: simultaneousId, name: 'twice.txt', length: 6 }, 'twice\n', { kind: 'end' });
  const answers = await Promise.all(peers.map((peer) => within(peer.closed, 'an answer')));
  const acknowledgements = new Set(answers.flat().map(({ kind, n }) => `${kind} ${n}`));
  expect([...acknowledgements]).toHaveLength(1);
  const entry = await viewer.entry('the entry', (entry) => entry.id === simultaneousId && entry.status !== 'accepted');
  expect(entry.status).toBe('ok');
  expect(sourceOf(server.dir, server.scroll, simultaneousId).toString()).toBe('twice\n');
  const accepted = readJournal(server.dir, server.scroll).filter((event) => event.event === 'accepted');
  for (const expected of [id, simultaneousId])
    expect(accepted.filter((event) => event.id === expected)).toHaveLength(1);
  await until('an empty spool', () => spooled(server.dir).length === 0);
});

test.each([
  ['an HTTP request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
  ['random bytes', randomBytes(5000)],
  ['a relative path', 'etc/passwd\n'],
  ['a relative path after a space', ' etc/passwd\n'],
  ['an unknown kind', '{"kind":"exec","path":"/etc/passwd"}\n'],
  ['no JSON', '{"kind":\n'],
  ['a line without end', '/'.repeat(200_000)],
  ['an id that is a path', '{"kind":"file","id":"../../evil","path":"/etc/hostname"}\n'],
  ['a negative length', '{"kind":"file","name":"x","length":-1}\n'],
  ['half a byte', '{"kind":"ack","id":"0123456789abcdef0123456789abcdef","length":1.5}\nxxx'],
  ['an endless length', '{"kind":"end","id":"0123456789abcdef0123456789abcdef","length":1e400}\nxxx'],
  ['another version', '{"kind":"hello","version":2}\n'],
])('%s is answered with an error, and the connection is closed', async (_, bytes) => {
  const peer = await dial(server.port);
  peer.send(bytes);
  const answers = await within(peer.closed, 'the end of the connection');
  expect(answers).toHaveLength(1);
  expect(answers[0]?.kind).toBe('error');
});

test('a path in a record must be absolute', async () => {
  const peer = await dial(server.port);
  peer.send({ kind: 'file', path: 'etc/hostname' }, { kind: 'end' });
  expect(await within(peer.closed, 'an answer')).toMatchObject([
    { kind: 'error', message: expect.stringContaining('absolute') },
  ]);
});

test('missing files are reported one by one, and the others are shown', async () => {
  writeFileSync(join(cwd, 'there.txt'), 'there');
  const ids = [newId(), newId(), newId()];
  const peer = await dial(server.port);
  peer.send(
    { kind: 'file', id: ids[0], path: join(cwd, 'nowhere') },
    { kind: 'file', id: ids[1], path: join(cwd, 'there.txt') },
  );
  peer.send({ kind: 'file', id: ids[2], path: '/dev/null' }, { kind: 'end' });
  const answers = await within(peer.closed, 'answers');
  const of = (i: number) => answers.find(({ id }) => id === ids[i]);
  expect(of(0)).toMatchObject({ kind: 'error', message: expect.stringContaining('no such file') });
  expect(of(1)).toMatchObject({ kind: 'ack' });
  expect(of(2)).toMatchObject({ kind: 'error', message: expect.stringContaining('neither a file nor a directory') });
});

test('unexpected bodies are skipped, and the next records are read', async () => {
  const peer = await dial(server.port);
  const id = newId();
  peer.send({ kind: 'ack', id, length: 4 }, 'xxxx', { kind: 'end', id: newId(), length: 3 }, 'yyy');
  peer.send({ kind: 'hello', version: 1, length: 2 }, 'zz');
  peer.send({ kind: 'file', id, name: 'a.txt', length: 2 }, 'hi', { kind: 'end' });
  const answers = await within(peer.closed, 'answers');
  expect(answers.find((answer) => answer.id === id)).toMatchObject({ kind: 'ack' });
});

test.skipIf(process.getuid?.() !== 0)('another user of the machine needs a token', async () => {
  const sendAsNobody = async (record: string) => {
    const peer = start('nc', ['-N', '127.0.0.1', String(server.port)], { dir: '/', uid: 65534, input: record });
    return (await within(peer.ended, 'nc')).stdout;
  };
  const file = '{"kind":"file","path":"/etc/hostname"}\n';
  expect(await sendAsNobody(file)).toMatch(/^\{"kind":"error","message":".*only its own user.*"\}\n$/);
  expect(await sendAsNobody(`{"kind":"hello","version":1,"token":"${'0'.repeat(32)}"}\n${file}`)).toContain(
    'is not known here',
  );
});
