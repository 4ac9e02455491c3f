import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/shared/entry.ts';
import { pageOf, readEntries, readJournal, sourceOf, spooled } from '../support/disk.ts';
import { type Answer, dial, newId } from '../support/raw.ts';
import { watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, within, wp } from '../support/wp.ts';

/** Starts a server again on the same ports. */
function restart(server: Server): Promise<Server> {
  const ports = ['--xrender-port', String(server.port), '--http-port', String(server.httpPort)];
  return startServer(['run', server.scroll, ...ports], { dir: server.dir });
}

/** Waits until every entry of a scroll is rendered or failed, and returns the entries. */
async function finalEntries(server: Server) {
  return until('all entries, rendered or failed', () => {
    // Check the spool first: an entry leaves it when its last event is in the journal.
    if (spooled(server.dir).length > 0) return false;
    const entries = readEntries(server.dir, server.scroll);
    return entries.every(({ status }) => status === 'ok' || status === 'failed') && entries;
  });
}

test.each([0, 1, 30, 70])('kill -9 in the middle of 100 shows, after %i answers', async (count) => {
  const server = await startServer();
  const cwd = tempDir();
  const acknowledged: Answer[] = [];
  // Half of the files are sent by path and half by value, over several connections. Each sender sends one file at a time.
  const senders = Array.from({ length: 4 }, async (_, sender) => {
    for (let i = 0; i < 25; i++) {
      const id = newId();
      const text = `content ${sender} ${i}\n`;
      writeFileSync(join(cwd, `${id}.txt`), text);
      const peer = await dial(server.port);
      if (i % 2) peer.send({ kind: 'file', id, name: 'v.txt', length: text.length }, text, { kind: 'end' });
      else peer.send({ kind: 'file', id, path: join(cwd, `${id}.txt`) }, { kind: 'end' });
      const [answer] = await peer.closed;
      if (answer?.kind !== 'ack') return;
      acknowledged.push(answer);
      if (acknowledged.length === count) server.child.kill('SIGKILL');
    }
  });
  const sendersEnded = Promise.allSettled(senders);
  if (count === 0) setTimeout(() => server.child.kill('SIGKILL'), 5);
  await server.ended;
  await sendersEnded;
  const restarted = await restart(server);
  const entries = await finalEntries(restarted);
  expect(entries.map(({ n }) => n)).toEqual(entries.map((_, i) => i + 1));
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  const viewer = await watch(restarted);
  for (const { id, n } of acknowledged) {
    const entry = entries.find((entry) => entry.id === id);
    expect(entry, `${id} of ${acknowledged.length}`).toMatchObject({ n, status: 'ok' });
    const source = sourceOf(server.dir, server.scroll, id ?? '').toString();
    expect(source).toMatch(/^content \d \d+\n$/);
    expect(pageOf(server.dir, server.scroll, id ?? '')).toContain(source.trim());
    expect(viewer.entries().find((entry) => entry.id === id)).toMatchObject({ n, status: 'ok' });
  }
  for (const entry of entries) {
    expect(pageOf(server.dir, server.scroll, entry.id)).toMatch(/<\/html>\s*$/);
    // An entry that was not acknowledged is either complete or failed.
    if (entry.status === 'ok')
      expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toMatch(/^content .*\n$/);
  }
  const [first] = entries;
  if (!first) return;
  const next = await wp(['show', join(cwd, `${first.id}.txt`)], { dir: server.dir });
  expect(next.stdout).toContain(`#${entries.length + 1}\n`);
});

test('after kill -9 while a plugin renders, the file is rendered by the next start', async () => {
  const server = await startServer();
  const startedFile = join(server.dir, 'plugin-started');
  mkdirSync(join(server.dir, 'plugins/slow'), { recursive: true });
  writeFileSync(
    join(server.dir, 'plugins/slow/render'),
    `#!/bin/sh\nmkdir -p "$2/part/of"\nif [ ! -e ${startedFile} ]; then echo half >"$2.html"; touch ${startedFile}; ` +
      'sleep 20; fi\ncat "$1" >"$2.html"\n',
    { mode: 0o755 },
  );
  const file = join(tempDir(), 'a.slow');
  writeFileSync(file, 'slowly\n');
  const shown = await wp(['show', file], { dir: server.dir });
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  await until('the start of the plugin', () => existsSync(startedFile));
  await server.end('SIGKILL');
  writeFileSync(file, 'something else\n');
  const restarted = await restart(server);
  const [entry] = await finalEntries(restarted);
  expect(entry).toMatchObject({ n: 1, status: 'ok', name: 'a.slow', type: 'slow' });
  expect(pageOf(server.dir, server.scroll, entry?.id ?? '')).toContain('slowly');
  expect(await restarted.end()).toMatchObject({ code: 0 });
});

test('after SIGTERM while a plugin renders, the file is rendered by the next start', async () => {
  const server = await startServer();
  const startedFile = join(server.dir, 'plugin-started');
  mkdirSync(join(server.dir, 'plugins/slow'), { recursive: true });
  const script = `#!/bin/sh\nif [ ! -e ${startedFile} ]; then touch ${startedFile}; sleep 20; fi\ncat "$1" >"$2.html"\n`;
  writeFileSync(join(server.dir, 'plugins/slow/render'), script, { mode: 0o755 });
  writeFileSync(join(server.dir, 'a.slow'), 'text\n');
  await wp(['show', join(server.dir, 'a.slow')], { dir: server.dir });
  await until('the start of the plugin', () => existsSync(startedFile));
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  expect(readJournal(server.dir, server.scroll).map(({ event }) => event)).toEqual(['accepted']);
  const restarted = await restart(server);
  expect(await finalEntries(restarted)).toMatchObject([{ n: 1, status: 'ok' }]);
});

test('a stream that was open at kill -9 keeps the bytes that had arrived', async () => {
  const server = await startServer();
  const id = newId();
  const peer = await dial(server.port);
  peer.send({ kind: 'file', id, name: 'live.txt', open: true }, { kind: 'more', id, length: 6 }, 'first\n');
  const viewer = await watch(server);
  await viewer.entry('the open entry', (entry) => entry.id === id && entry.status === 'open');
  await server.end('SIGKILL');
  expect(readEntries(server.dir, server.scroll)).toMatchObject([{ status: 'open' }]);
  const restarted = await restart(server);
  expect(await finalEntries(restarted)).toMatchObject([{ n: 1, id, status: 'ok', bytes: 6 }]);
  expect(sourceOf(server.dir, server.scroll, id).toString()).toBe('first\n');
  expect(pageOf(server.dir, server.scroll, id)).toContain('first');
});

test('a large file that was being copied at kill -9 is copied again, or its entry has failed', async () => {
  const server = await startServer();
  const cwd = tempDir();
  const line = `${'x'.repeat(1023)}\n`;
  for (const name of ['first.txt', 'second.txt']) writeFileSync(join(cwd, name), line.repeat(300_000));
  const viewer = await watch(server);
  const ids = [newId(), newId()];
  const peer = await dial(server.port);
  peer.send(
    { kind: 'file', id: ids[0], path: join(cwd, 'first.txt') },
    { kind: 'file', id: ids[1], path: join(cwd, 'second.txt') },
  );
  // The page appears before the copy is complete.
  await viewer.entry('the page', (entry) => entry.id === ids[1] && entry.status === 'ok');
  await server.end('SIGKILL');
  // When the connection has closed, all answers sent before the kill have been read.
  const acknowledgedIds = new Set((await within(peer.closed, 'the end of the connection')).map(({ id }) => id));
  if (!acknowledgedIds.has(ids[1])) rmSync(join(cwd, 'second.txt'));
  const restarted = await restart(server);
  const entries = await finalEntries(restarted);
  expect(entries[0]).toMatchObject({ id: ids[0], status: 'ok' });
  expect(sourceOf(server.dir, server.scroll, ids[0] ?? '').length).toBe(300_000 * 1024);
  // The copy may be complete at the kill, with or without the answer to its sender.
  if (acknowledgedIds.has(ids[1])) expect(entries[1]).toMatchObject({ id: ids[1], status: 'ok' });
  if (entries[1]?.status === 'ok')
    expect(sourceOf(server.dir, server.scroll, ids[1] ?? '').length).toBe(300_000 * 1024);
  else
    expect(entries[1]).toMatchObject({
      id: ids[1],
      status: 'failed',
      error: expect.stringContaining('webpipe ended before'),
    });
});

test('an incomplete last line of the journal is removed; of a damaged line only its event is lost', async () => {
  const server = await startServer(['run', 'torn']);
  const file = join(server.dir, 'a.txt');
  writeFileSync(file, 'text\n');
  await wp(['show', file, file], { dir: server.dir });
  await finalEntries(server);
  await server.end('SIGKILL');
  const journal = join(server.dir, 's/torn/scroll.ndjson');
  appendFileSync(journal, '{"event":"accepted","n":3,"id":"00');
  const restarted = await restart(server);
  expect((await wp(['show', file], { dir: server.dir })).stdout).toContain('/s/torn/#3\n');
  expect((await finalEntries(restarted)).map(({ n }) => n)).toEqual([1, 2, 3]);
  await restarted.end();
  const lines = readFileSync(journal, 'utf8').split('\n');
  const renderedLine = lines.findIndex((line) => /"rendered".*"n":2|"n":2.*"rendered"/.test(line));
  lines[renderedLine] = 'damaged';
  writeFileSync(journal, lines.join('\n'));
  const listed = await wp(['ls', 'torn', '--json'], { dir: server.dir });
  expect(listed.stderr).toMatch(
    new RegExp(`^wp: scroll torn: line ${renderedLine + 1} of the journal is damaged; .+\n$`),
  );
  expect((JSON.parse(listed.stdout) as Entry[]).map(({ n, status }) => [n, status])).toEqual([
    [1, 'ok'],
    [2, 'accepted'],
    [3, 'ok'],
  ]);
  // The next owner recovers the page of entry 2.
  const owner = await restart(server);
  expect(owner.stderr()).toMatch(
    new RegExp(`^wp: scroll torn: line ${renderedLine + 1} of the journal is damaged; moved to .*\n`, 'm'),
  );
  const viewer = await watch(owner);
  expect(viewer.entries().map(({ n, status }) => [n, status])).toEqual([
    [1, 'ok'],
    [2, 'ok'],
    [3, 'ok'],
  ]);
  expect((await wp(['show', file], { dir: server.dir })).stdout).toContain('/s/torn/#4\n');
  expect((await wp(['ls', 'torn', '--json'], { dir: server.dir })).stderr).toBe('');
});
