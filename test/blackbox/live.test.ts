import { beforeAll, expect, test } from 'vitest';
import { pageOf, readEntries, sourceOf, spooled } from '../support/disk.ts';
import { dial, newId } from '../support/raw.ts';
import { http, type Viewer, watch } from '../support/viewer.ts';
import { type Server, sh, startServer, startWp, until, within } from '../support/wp.ts';

let server: Server;
let viewer: Viewer;

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
});

test('a stream is shown while it arrives, and completely when it has ended', async () => {
  const show = startWp(['show', '--title', 'a stream'], { dir: server.dir, input: 'open' });
  show.child.stdin?.write('first\n');
  const url = await until('the URL', () => /#(\d+)\n/.exec(show.stdout())?.[1]);
  const n = Number(url);
  const open = await viewer.entry('the open entry', (entry) => entry.n === n && entry.status === 'open');
  expect(open).toMatchObject({ title: 'a stream', type: 'txt' });
  await until('the first line in its page or file', async () =>
    sourceOf(server.dir, server.scroll, open.id).includes('first'),
  );
  for (const word of ['second', 'third']) {
    const before = viewer.entries()[n - 1]?.bytes ?? 0;
    show.child.stdin?.write(`${word}\n`);
    await viewer.entry(`growth by ${word}`, (entry) => entry.n === n && entry.bytes > before);
  }
  expect(show.stdout().trim().split('\n')).toHaveLength(1);
  show.child.stdin?.end();
  expect(await within(show.ended, 'the end of the show')).toMatchObject({ code: 0, stderr: '' });
  const done = await viewer.entry('the complete entry', (entry) => entry.n === n && entry.status === 'ok');
  expect(done.bytes).toBe(19);
  expect(sourceOf(server.dir, server.scroll, done.id).toString()).toBe('first\nsecond\nthird\n');
  expect(pageOf(server.dir, server.scroll, done.id)).toContain('third');
});

test('a short stream is an ordinary entry', async () => {
  const ended = await sh('(echo a; sleep 1; echo b) | wp show; echo c | wp show', { dir: server.dir });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [firstNumber, secondNumber] = ended.stdout
    .trim()
    .split('\n')
    .map((url) => Number(url.split('#')[1]));
  const first = await viewer.entry('the first', (entry) => entry.n === firstNumber && entry.status === 'ok');
  const second = await viewer.entry('the second', (entry) => entry.n === secondNumber && entry.status === 'ok');
  expect(sourceOf(server.dir, server.scroll, first.id).toString()).toBe('a\nb\n');
  expect(sourceOf(server.dir, server.scroll, second.id).toString()).toBe('c\n');
});

test('the entry of a sender that is killed keeps what arrived', async () => {
  const show = startWp(['show'], { dir: server.dir, input: 'open' });
  show.child.stdin?.write('before the end\n');
  const n = Number(await until('the URL', () => /#(\d+)\n/.exec(show.stdout())?.[1]));
  await viewer.entry('the open entry', (entry) => entry.n === n && entry.status === 'open' && entry.bytes > 0);
  process.kill(-show.pid, 'SIGKILL');
  const entry = await viewer.entry('the entry', (entry) => entry.n === n && entry.status === 'ok');
  expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('before the end\n');
});

test('the entry of a connection that breaks within a piece keeps what arrived', async () => {
  const id = newId();
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id, name: 'x.txt', open: true }, { kind: 'more', id, length: 1000 }, 'a part');
  await viewer.entry('the open entry', (entry) => entry.id === id && entry.status === 'open');
  peer.socket.resetAndDestroy();
  const entry = await viewer.entry('the entry', (entry) => entry.id === id && entry.status === 'ok');
  expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('a part');
});

test('300 open streams delay no other sender', async () => {
  const peers = await Promise.all(Array.from({ length: 300 }, () => dial(server.port)));
  const ids = peers.map(newId);
  for (const [i, peer] of peers.entries())
    peer.send({ kind: 'file', id: ids[i], name: `${i}.bin`, type: 'bin', open: true });
  await Promise.all(peers.map((peer) => peer.waitForAnswers(1)));
  const other = await dial(server.port);
  other.send('/etc/hostname\n', { kind: 'end' });
  expect(await within(other.closed, 'the answer to the other sender')).toMatchObject([{ kind: 'ack' }]);
  for (const [i, peer] of peers.entries())
    peer.send({ kind: 'more', id: ids[i], length: 3 }, 'end', { kind: 'end', id: ids[i] });
  await Promise.all(peers.map((peer) => peer.waitForAnswers(2)));
  await until('all entries, rendered or failed', () =>
    readEntries(server.dir, server.scroll).every(({ status }) => status === 'ok'),
  );
  await until('an empty spool', () => spooled(server.dir).length === 0);
});

test('the page and the bytes of a stream can be read at any moment, also while it ends', async () => {
  const failures: string[] = [];
  for (let i = 0; i < 15; i++) {
    const show = startWp(['show'], { dir: server.dir, input: 'open' });
    show.child.stdin?.write('first\n');
    const n = Number(await until('the URL', () => /#(\d+)\n/.exec(show.stdout())?.[1]));
    const open = await viewer.entry('the open entry', (entry) => entry.n === n && entry.status === 'open');
    const folder = `/c/${open.cap}/s/${encodeURIComponent(server.scroll)}`;
    let isComplete = false;
    const read = async (path: string): Promise<void> => {
      while (!isComplete) {
        const { status } = await http(server, `${folder}/${path}`).catch((error: Error) => ({ status: error.message }));
        if (status !== 200) failures.push(`${path}: ${status}`);
      }
    };
    const readers = [`${open.id}.html`, `${open.id}/source/stdin.txt`].flatMap((path) => [read(path), read(path)]);
    show.child.stdin?.end('second\n');
    await viewer.entry('the complete entry', (entry) => entry.n === n && entry.status === 'ok');
    isComplete = true;
    await Promise.all(readers);
  }
  expect(failures).toEqual([]);
});

test('the type of standard input is detected from its first bytes, while it grows or at its end', async () => {
  const header = 'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n';
  const show = startWp(['show'], { dir: server.dir, input: 'open' });
  show.child.stdin?.write(header);
  const n = Number(await until('the URL', () => /#(\d+)\n/.exec(show.stdout())?.[1]));
  const open = await viewer.entry('the open entry', (entry) => entry.n === n && entry.status === 'open');
  expect(open).toMatchObject({ type: 'vmstat', name: 'stdin.txt' });
  expect(pageOf(server.dir, server.scroll, open.id)).toMatch(/assets\/metrics\.\w+\.js/);
  show.child.stdin?.end();
  await viewer.entry(
    'the complete entry',
    (entry) => entry.n === n && entry.status === 'ok' && entry.type === 'vmstat',
  );

  // A type without live pages is shown as text until the end.
  const table = startWp(['show'], { dir: server.dir, input: 'open' });
  table.child.stdin?.write('a,b\n1,2\n3,4\n');
  const next = Number(await until('the URL', () => /#(\d+)\n/.exec(table.stdout())?.[1]));
  await viewer.entry('the open entry', (entry) => entry.n === next && entry.status === 'open' && entry.type === 'txt');
  table.child.stdin?.end('5,6\n');
  await viewer.entry('the table', (entry) => entry.n === next && entry.status === 'ok' && entry.type === 'csv');

  const plain = await sh('printf "a,b\\n1,2\\n3,4\\n" | wp show --type txt', { dir: server.dir });
  const lines = Number(plain.stdout.split('#')[1]);
  await viewer.entry('the text', (entry) => entry.n === lines && entry.status === 'ok' && entry.type === 'txt');
});
