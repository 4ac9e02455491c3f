import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageOf, readEntries, sourceOf, spooled } from '../support/disk.ts';
import { dial, newId } from '../support/raw.ts';
import { type Relay, relayTo } from '../support/relay.ts';
import { watch } from '../support/viewer.ts';
import {
  type Server,
  sh,
  start,
  startServer,
  startWp,
  tempDir,
  until,
  waitForFilePort,
  within,
  wp,
} from '../support/wp.ts';

const NAMES = ['plain.txt', 'two words.csv', 'quote "q" \'s\'.txt', '-dash.txt', 'é 猫.txt', 'new\nline.txt', 'empty'];

/** The records in the output of `recv`, one per line. */
function recordsOf(out: string) {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map(
      (line) =>
        JSON.parse(line) as { kind: string; id: string; name: string; path: string; type: string; host: string },
    );
}

/** Starts a server that accepts files from other machines, and writes a token for it to a file. */
async function startReceiver(): Promise<Server & { recvPort: number; token: string }> {
  const server = await startServer(['run', '--recv', '--recv-port', '0', '--xrender-port', '0', '--http-port', '0']);
  const recvPort = recvPortOf(server);
  const token = join(tempDir(), 'token');
  writeFileSync(token, (await wp(['token', '--host', 'elsewhere'], { dir: server.dir })).stdout);
  return { ...server, recvPort, token };
}

function recvPortOf(server: Server): number {
  return Number(/^recv=(\d+)$/m.exec(readFileSync(join(server.dir, 'run', `${server.port}.info`), 'utf8'))?.[1]);
}

/** Starts the server again on the same ports after it was killed. */
async function restart(server: Server & { recvPort: number; token: string }) {
  const ports = [
    ['--recv-port', server.recvPort],
    ['--xrender-port', server.port],
    ['--http-port', server.httpPort],
  ].flat();
  const next = await startServer(['run', '--recv', ...ports.map(String), server.scroll], { dir: server.dir });
  return { ...server, ...next };
}

/** Waits until `count` entries are rendered, and returns them. */
function untilRendered(server: Server, count: number) {
  return until(`${count} entries`, () => {
    const all = readEntries(server.dir, server.scroll);
    return all.length === count && all.every(({ status }) => status === 'ok') && all;
  });
}

test('wp recv restores files and directories with any name from the output of wp send, byte for byte', async () => {
  const [dir, receiverDir, cwd] = [tempDir(), tempDir(), tempDir()];
  for (const name of NAMES) writeFileSync(join(cwd, name), name === 'empty' ? '' : `this is ${name}\n`);
  const bytes = randomBytes(3_000_000);
  writeFileSync(join(cwd, 'large.bin'), bytes);
  mkdirSync(join(cwd, 'folder/deep'), { recursive: true });
  writeFileSync(join(cwd, 'folder/deep/x.txt'), 'x');
  const names = [...NAMES, 'large.bin', 'folder'];
  const sent = await wp(['send', '--', ...names], { dir, cwd });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const bundle = join(cwd, 'bundle');
  expect((await sh('wp send -- * >bundle', { dir, cwd })).code).toBe(0);
  const received = await sh('wp recv <bundle', { dir: receiverDir, cwd });
  expect(received).toMatchObject({ code: 0, stderr: '' });
  const records = recordsOf(received.stdout);
  expect(records.map(({ name }) => name).sort()).toEqual([...names].sort());
  for (const { name, path, kind } of records) {
    expect(kind).toBe('file');
    if (name === 'folder') expect(readFileSync(join(path, 'deep/x.txt'), 'utf8')).toBe('x');
    else expect(readFileSync(path).equals(readFileSync(join(cwd, name))), name).toBe(true);
    expect(path.startsWith(join(receiverDir, 'spool'))).toBe(true);
  }
  expect(records.find(({ name }) => name === 'two words.csv')).toMatchObject({ type: 'csv' });
  expect(statSync(bundle).size).toBeGreaterThan(3_000_000);
});

test('stages joined by pipes, with jq between them, show files; a file that cannot be read is reported', async () => {
  const [dir, receiverDir, cwd] = [tempDir(), tempDir(), tempDir()];
  for (const name of ['a.csv', 'b.txt', 'c.csv']) writeFileSync(join(cwd, name), 'x,y\n1,2\n');
  const line = start(
    'sh',
    [
      '-c',
      `wp() { node '${join(import.meta.dirname, '../../dist/wp.js')}' "$@"; }
      (ls; echo nowhere.csv) | wp send | (export WEBPIPE_DIR='${receiverDir}'
        wp recv | jq -c --unbuffered 'select(.type == "csv")' | wp xrender | wp serve t --http-port 0)`,
    ],
    { dir, cwd },
  );
  await until('both tables', () => {
    try {
      return readEntries(receiverDir, 't').filter(({ status }) => status === 'ok').length === 2;
    } catch {
      return false;
    }
  });
  expect(readEntries(receiverDir, 't').map(({ name, type }) => [name, type])).toEqual([
    ['a.csv', 'csv'],
    ['c.csv', 'csv'],
  ]);
  expect(line.stderr()).toMatch(/^wp: send: .*nowhere\.csv: there is no such file; .*$/m);
  process.kill(-line.pid, 'SIGINT');
  await within(line.ended, 'the end');
});

test('a file that is sent once or several times is one entry with its host and contents, and its address is printed', async () => {
  const server = await startReceiver();
  const [dir, cwd] = [tempDir(), tempDir()];
  for (const name of NAMES) writeFileSync(join(cwd, name), name === 'empty' ? '' : `this is ${name}\n`);
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'folder/x.txt'), 'in the folder');
  const to = ['--to', String(server.recvPort), '--token-file', server.token];
  const sent = await wp(['send', ...to, '--', ...NAMES, 'folder'], { dir, cwd });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const count = NAMES.length + 1;
  expect(sent.stdout.trim().split('\n')).toEqual(
    Array.from({ length: count }, (_, i) => `http://localhost:${server.httpPort}/s/${server.scroll}/#${i + 1}`),
  );
  const viewer = await watch(server);
  for (const [i, name] of NAMES.entries()) {
    const entry = await viewer.entry(name, ({ n, status }) => n === i + 1 && status === 'ok');
    expect(entry).toMatchObject({ name, host: 'elsewhere' });
    expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe(name === 'empty' ? '' : `this is ${name}\n`);
  }
  const folder = await viewer.entry('the folder', ({ name, status }) => name === 'folder' && status === 'ok');
  expect(readFileSync(join(server.dir, 's', server.scroll, folder.id, 'source/folder/x.txt'), 'utf8')).toBe(
    'in the folder',
  );
  const record = `{"kind":"file","id":"${newId()}","path":"${join(cwd, 'plain.txt')}"}\n`;
  for (let i = 0; i < 2; i++)
    expect((await wp(['send', ...to], { dir, input: record })).stdout).toContain(`#${count + 1}\n`);
  await until('an empty spool', () => spooled(server.dir).length === 0);
  expect(spooled(dir)).toEqual([]);
});

test.each([
  ['without a token', []],
  ['with a token of another directory', ['other']],
  ['with one that was revoked', ['revoked']],
])('%s nothing is accepted, and one line reports it', async (_, kind) => {
  const server = await startReceiver();
  const dir = tempDir();
  writeFileSync(join(dir, 'a.txt'), 'a');
  if (kind[0] === 'other') writeFileSync(server.token, (await wp(['token'], { dir })).stdout);
  if (kind[0] === 'revoked') await wp(['token', '--revoke'], { dir: server.dir });
  const token = kind.length > 0 ? ['--token-file', server.token] : [];
  const { code, stdout, stderr } = await wp(['send', 'a.txt', '--to', String(server.recvPort), ...token], { dir });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^wp: send: 127\.0\.0\.1:\d+: connection: [^\n]*token[^\n]*\n$/);
  expect(readEntries(server.dir, server.scroll)).toEqual([]);
});

test('a listener that does not know the token gets neither the token nor a byte of the file', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'secret.txt'), 'a secret');
  writeFileSync(join(dir, 'token'), (await wp(['token'], { dir })).stdout);
  let receivedBytes = '';
  const impostor = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      receivedBytes += String(bytes);
      socket.write(`{"kind":"hello","version":1,"proof":"${'0'.repeat(64)}"}\n`);
    });
  });
  await new Promise<void>((settle) => impostor.listen(0, '127.0.0.1', settle));
  const address = impostor.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const sent = await wp(['send', 'secret.txt', '--to', String(port), '--token-file', 'token'], { dir });
  impostor.close();
  expect(sent).toMatchObject({ code: 1, stdout: '' });
  expect(sent.stderr).toContain('does not know our token');
  expect(receivedBytes).toMatch(/^\{"kind":"hello","version":1,"challenge":"[0-9a-f]{8}\.[0-9a-f]{32}"\}\n$/);
});

test('send reports an endpoint without a listener after its timeout', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'a.txt'), 'a');
  const free = await relayTo(1);
  const show = startWp(['send', 'a.txt', '--to', `unix:${join(dir, 'none')}`], { dir });
  await until('the message about the missing listener', () =>
    show.stderr().includes('the socket does not exist; check that the other stage is running'),
  );
  expect(await show.end()).toMatchObject({ stdout: '' });
  expect((await wp(['send', 'a.txt', '--to', 'nonsense'], { dir })).stderr).toContain('is not an endpoint');
  expect((await wp(['recv', '--listen', '0.0.0.0:0'], { dir })).stderr).toContain('open to other machines');
  expect(free.connections).toBe(0);
});

test.each([0, 0.5, 0.999, 1])(
  'no file is lost or duplicated if the connection is cut after this part of the bytes: %d',
  async (part) => {
    const server = await startReceiver();
    const relay = await relayTo(server.recvPort);
    const [dir, cwd] = [tempDir(), tempDir()];
    const names = Array.from({ length: 20 }, (_, i) => `${String(i).padStart(2, '0')}.bin`);
    const bodies = names.map(() => randomBytes(50_000));
    for (const [i, name] of names.entries()) writeFileSync(join(cwd, name), bodies[i] ?? '');
    const size = Number((await sh('wp send *.bin | wc -c', { dir, cwd })).stdout);
    expect(size).toBeGreaterThan(1_000_000);
    relay.cutAfter(Math.max(1, Math.floor(size * part)));
    const sent = await wp(['send', ...names, '--to', String(relay.port), '--token-file', server.token], { dir, cwd });
    expect(sent.code, sent.stderr).toBe(0);
    expect(
      sent.stdout
        .trim()
        .split('\n')
        .map((url) => Number(url.split('#')[1])),
    ).toEqual(names.map((_, i) => i + 1));
    const entries = await untilRendered(server, names.length);
    expect(entries.map(({ name }) => name)).toEqual(names);
    for (const [i, { id }] of entries.entries())
      expect(sourceOf(server.dir, server.scroll, id).equals(bodies[i] ?? Buffer.of())).toBe(true);
    if (part < 1) expect(relay.connections).toBeGreaterThan(1);
  },
);

test('if the receiver is killed and restarted during 200 sends, all files arrive once, in order', async () => {
  const server = await startReceiver();
  const [dir, cwd] = [tempDir(), tempDir()];
  const names = Array.from({ length: 200 }, (_, i) => `${String(i).padStart(3, '0')}.txt`);
  for (const name of names) writeFileSync(join(cwd, name), `content of ${name}\n`);
  const to = ['--to', String(server.recvPort), '--token-file', server.token];
  const sending = startWp(['send', ...to, ...names], { dir, cwd });
  await until('the first answers', () => sending.stdout().split('\n').length > 20);
  await server.end('SIGKILL');
  const restarted = await restart(server);
  const sent = await within(sending.ended, `the end: ${sending.stderr()}`);
  expect(sent.code).toBe(0);
  expect(
    sent.stdout
      .trim()
      .split('\n')
      .map((url) => Number(url.split('#')[1])),
  ).toEqual(names.map((_, i) => i + 1));
  const entries = await untilRendered(restarted, names.length);
  expect(entries.map(({ name }) => name)).toEqual(names);
  for (const { id, name } of entries)
    expect(sourceOf(restarted.dir, restarted.scroll, id).toString()).toBe(`content of ${name}\n`);
  await until('an empty spool', () => spooled(restarted.dir).length === 0);
});

/** Sends a large file through a relay, pauses the relay, changes the file and resumes. */
async function sendLargeFile(
  change: (path: string) => void,
): Promise<{ server: Server; sent: Awaited<ReturnType<typeof wp>>; body: Buffer }> {
  const server = await startReceiver();
  const relay: Relay = await relayTo(server.recvPort);
  const [dir, cwd] = [tempDir(), tempDir()];
  const body = randomBytes(40_000_000);
  writeFileSync(join(cwd, 'large.bin'), body);
  writeFileSync(join(cwd, 'after.txt'), 'what comes after\n');
  relay.setPaused(true);
  const to = ['--to', String(relay.port), '--token-file', server.token];
  // Pause the relay only after the hello record has passed.
  const sending = startWp(['send', ...to, 'large.bin', 'after.txt'], { dir, cwd });
  await until('a connection', () => relay.connections === 1);
  relay.setPaused(false);
  await until('the beginning of the file', () => relay.receivedBytes > 1_000_000);
  relay.setPaused(true);
  change(join(cwd, 'large.bin'));
  relay.setPaused(false);
  return { server, sent: await within(sending.ended, `the end: ${sending.stderr()}`), body };
}

test('a file that grows while it is sent arrives with its original size', async () => {
  const { server, sent, body } = await sendLargeFile((path) => appendFileSync(path, 'more'));
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const [large, after] = await untilRendered(server, 2);
  expect(sourceOf(server.dir, server.scroll, large?.id ?? '').equals(body)).toBe(true);
  expect(after).toMatchObject({ name: 'after.txt' });
});

test('a file that shrinks while it is sent is reported, and the next file arrives', async () => {
  const { server, sent } = await sendLargeFile((path) => truncateSync(path, 100));
  expect(sent.code).toBe(1);
  expect(sent.stderr).toMatch(/^wp: send: .*large\.bin: it became shorter while it was sent; send it again$/m);
  const entries = await until('the entry of the other file', () => {
    const all = readEntries(server.dir, server.scroll);
    return all.length > 0 && all;
  });
  expect(entries.map(({ name }) => name)).toEqual(['after.txt']);
  await until('an empty spool', () => spooled(server.dir).length === 0);
});

test('entries rendered on another machine, including live ones, are served here with working pages', async () => {
  const server = await startReceiver();
  const renderDir = tempDir();
  const to = `--to ${server.recvPort} --token-file ${server.token}`;
  const program = join(import.meta.dirname, '../../dist/wp.js');
  const line = start('sh', ['-c', `node '${program}' xrender --listen 0 | node '${program}' send ${to}`], {
    dir: renderDir,
    cwd: renderDir,
  });
  await waitForFilePort(renderDir);
  writeFileSync(join(renderDir, 'a.csv'), 'name,value\nx,1\n');
  expect((await wp(['show', 'a.csv'], { dir: renderDir, cwd: renderDir })).code).toBe(0);
  const viewer = await watch(server);
  const table = await viewer.entry('the table', ({ status, type }) => status === 'ok' && type === 'csv');
  expect(table).toMatchObject({ name: 'a.csv', host: 'elsewhere' });
  expect(await viewer.page(table)).toContain('name');
  expect(sourceOf(server.dir, server.scroll, table.id).toString()).toBe('name,value\nx,1\n');
  const show = startWp(['show', '--title', 'load'], { dir: renderDir, input: 'open' });
  show.child.stdin?.write('first\n');
  // If its first bytes are slow, the page is shown without them.
  const open = await viewer.entry('the live entry', (e) => e.title === 'load' && e.status === 'open' && e.bytes === 6);
  expect(sourceOf(server.dir, server.scroll, open.id).toString()).toBe('first\n');
  show.child.stdin?.write('second\n');
  await viewer.entry('its growth', ({ id, bytes }) => id === open.id && bytes === 13);
  expect(sourceOf(server.dir, server.scroll, open.id).toString()).toBe('first\nsecond\n');
  show.child.stdin?.end();
  expect(await within(show.ended, 'the show')).toMatchObject({ code: 0 });
  const done = await viewer.entry('the complete entry', ({ id, status }) => id === open.id && status === 'ok');
  expect(sourceOf(server.dir, server.scroll, done.id).toString()).toBe('first\nsecond\n');
  expect(pageOf(server.dir, server.scroll, done.id)).toContain('second');
  // A visible entry may not have been answered yet; a stage that ends before the answer keeps the file.
  await until('empty spools', () => spooled(server.dir).length === 0 && spooled(renderDir).length === 0);
  process.kill(-line.pid, 'SIGINT');
  await within(line.ended, 'the end');
  expect([...spooled(server.dir), ...spooled(renderDir)]).toEqual([]);
});

test('hostile archives and sizes are refused with their name; hostile names are only labels', async () => {
  const server = await startServer([
    'run',
    '--recv',
    '--recv-port',
    '0',
    '--xrender-port',
    '0',
    '--http-port',
    '0',
    '--max-size',
    '1M',
  ]);
  const token = (await wp(['token'], { dir: server.dir })).stdout.trim();
  const peer = await dial(recvPortOf(server));
  peer.send({ kind: 'hello', version: 1, token });
  const ids = Array.from({ length: 6 }, newId);
  peer.send(
    { kind: 'file', id: ids[0], name: '../../../etc/passwd', length: 2 },
    'hi',
    { kind: 'file', id: ids[1], path: '/etc/passwd' },
    { kind: 'file', id: ids[2], name: 'tree', archive: 'tar', length: 600 },
    Buffer.alloc(600, 'x'),
    { kind: 'file', id: ids[3], name: 'big', length: 2_000_000 },
    Buffer.alloc(2_000_000),
    { kind: 'entry', id: ids[4], page: '/etc/passwd' },
    { kind: 'file', id: ids[5], name: '$(touch x)`touch y`\n\u001b[31m.txt', length: 2 },
    'hi',
    { kind: 'end' },
  );
  const answers = await within(peer.closed, 'answers');
  const by = new Map(answers.map((answer) => [answer.id, answer]));
  expect(ids.map((id) => by.get(id)?.kind)).toEqual(['ack', 'error', 'error', 'error', 'error', 'ack']);
  expect(by.get(ids[1] ?? '')?.message).toContain('a path means nothing here');
  expect(by.get(ids[3] ?? '')?.message).toContain('2000000 bytes, and 1000000 are taken');
  const entries = await untilRendered(server, 2);
  expect(entries.map(({ name }) => name)).toEqual(['../../../etc/passwd', '$(touch x)`touch y`\n\u001b[31m.txt']);
  for (const { id } of entries) expect(sourceOf(server.dir, server.scroll, id).toString()).toBe('hi');
  await until('an empty spool', () => spooled(server.dir).length === 0);
});

test('many senders at once are not delayed by one that stalls', async () => {
  const server = await startReceiver();
  const token = readFileSync(server.token, 'utf8').trim();
  const silent = await dial(server.recvPort);
  const stalled = newId();
  silent.send({ kind: 'hello', version: 1, token }, { kind: 'file', id: stalled, name: 'x', length: 100 }, 'half');
  const peers = await Promise.all(Array.from({ length: 50 }, () => dial(server.recvPort)));
  const ids = peers.map((peer) => {
    const id = newId();
    peer.send({ kind: 'hello', version: 1, token }, { kind: 'file', id, name: 'y.txt', length: 5 }, 'hello', {
      kind: 'end',
    });
    return id;
  });
  const answers = (await Promise.all(peers.map(({ closed }) => within(closed, 'answers')))).flat();
  expect(answers.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(ids.map((id) => `ack ${id}`).sort());
  // The stalled sender is still connected.
  expect(silent.answers()).toEqual([]);
  silent.send('x'.repeat(96), { kind: 'end' });
  expect(await within(silent.closed, 'its answer')).toMatchObject([{ kind: 'ack', id: stalled }]);
});
