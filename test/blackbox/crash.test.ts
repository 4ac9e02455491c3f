import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/shared/entry.ts';
import { pageOf, readEntries, readJournal, sourceOf, spooled } from '../support/disk.ts';
import { type Answer, dial, newId } from '../support/raw.ts';
import { watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, within, wp } from '../support/wp.ts';

function again(server: Server): Promise<Server> {
  const ports = ['--xrender-port', String(server.port), '--http-port', String(server.httpPort)];
  return startServer(['run', server.scroll, ...ports], { dir: server.dir });
}

/** Waits until every entry of a scroll is final, and returns the entries. */
async function settled(server: Server) {
  return until('all entries settled', () => {
    // First the spool: an entry leaves it when its last event is in the journal.
    if (spooled(server.dir).length > 0) return false;
    const entries = readEntries(server.dir, server.scroll);
    return entries.every(({ status }) => status === 'ok' || status === 'failed') && entries;
  });
}

test.each([0, 1, 30, 70])('kill -9 in the middle of 100 shows, after %i answers', async (count) => {
  const server = await startServer();
  const cwd = tempDir();
  const acked: Answer[] = [];
  // Half of the files go by path and half by value, over several connections. Each connection sends one file at a time.
  const work = Array.from({ length: 4 }, async (_, lane) => {
    for (let i = 0; i < 25; i++) {
      const id = newId();
      const text = `content ${lane} ${i}\n`;
      writeFileSync(join(cwd, `${id}.txt`), text);
      const peer = await dial(server.port);
      if (i % 2) peer.send({ kind: 'file', id, name: 'v.txt', length: text.length }, text, { kind: 'end' });
      else peer.send({ kind: 'file', id, path: join(cwd, `${id}.txt`) }, { kind: 'end' });
      const [answer] = await peer.closed;
      if (answer?.kind !== 'ack') return;
      acked.push(answer);
      if (acked.length === count) server.child.kill('SIGKILL');
    }
  });
  const lanes = Promise.allSettled(work);
  if (count === 0) setTimeout(() => server.child.kill('SIGKILL'), 5);
  await server.ended;
  await lanes;
  const after = await again(server);
  const entries = await settled(after);
  expect(entries.map(({ n }) => n)).toEqual(entries.map((_, i) => i + 1));
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  const viewer = await watch(after);
  for (const { id, n } of acked) {
    const entry = entries.find((one) => one.id === id);
    expect(entry, `${id} of ${acked.length}`).toMatchObject({ n, status: 'ok' });
    const source = sourceOf(server.dir, server.scroll, id ?? '').toString();
    expect(source).toMatch(/^content \d \d+\n$/);
    expect(pageOf(server.dir, server.scroll, id ?? '')).toContain(source.trim());
    expect(viewer.entries().find((one) => one.id === id)).toMatchObject({ n, status: 'ok' });
  }
  for (const entry of entries) {
    expect(pageOf(server.dir, server.scroll, entry.id)).toMatch(/<\/html>\s*$/);
    // An entry that was not acknowledged is either complete or failed.
    if (entry.status === 'ok')
      expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toMatch(/^content .*\n$/);
  }
  const [first] = entries;
  if (!first) return;
  const more = await wp(['show', join(cwd, `${first.id}.txt`)], { dir: server.dir });
  expect(more.stdout).toContain(`#${entries.length + 1}\n`);
});

test('after kill -9 while a plugin renders, the file is rendered by the next start', async () => {
  const server = await startServer();
  const startedFile = join(server.dir, 'began');
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
  await until('the plugin', () => existsSync(startedFile));
  await server.end('SIGKILL');
  writeFileSync(file, 'something else\n');
  const after = await again(server);
  const [entry] = await settled(after);
  expect(entry).toMatchObject({ n: 1, status: 'ok', name: 'a.slow', type: 'slow' });
  expect(pageOf(server.dir, server.scroll, entry?.id ?? '')).toContain('slowly');
  expect(await after.end()).toMatchObject({ code: 0 });
});

test('after SIGTERM while a plugin renders, the file is rendered by the next start', async () => {
  const server = await startServer();
  const startedFile = join(server.dir, 'began');
  mkdirSync(join(server.dir, 'plugins/slow'), { recursive: true });
  const script = `#!/bin/sh\nif [ ! -e ${startedFile} ]; then touch ${startedFile}; sleep 20; fi\ncat "$1" >"$2.html"\n`;
  writeFileSync(join(server.dir, 'plugins/slow/render'), script, { mode: 0o755 });
  writeFileSync(join(server.dir, 'a.slow'), 'text\n');
  await wp(['show', join(server.dir, 'a.slow')], { dir: server.dir });
  await until('the plugin', () => existsSync(startedFile));
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  expect(readJournal(server.dir, server.scroll).map(({ event }) => event)).toEqual(['accepted']);
  const after = await again(server);
  expect(await settled(after)).toMatchObject([{ n: 1, status: 'ok' }]);
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
  const after = await again(server);
  expect(await settled(after)).toMatchObject([{ n: 1, id, status: 'ok', bytes: 6 }]);
  expect(sourceOf(server.dir, server.scroll, id).toString()).toBe('first\n');
  expect(pageOf(server.dir, server.scroll, id)).toContain('first');
});

test('a large file that was being copied at kill -9 is copied again, or its entry has failed', async () => {
  const server = await startServer();
  const cwd = tempDir();
  const line = `${'x'.repeat(1023)}\n`;
  for (const name of ['kept.txt', 'gone.txt']) writeFileSync(join(cwd, name), line.repeat(300_000));
  const viewer = await watch(server);
  const ids = [newId(), newId()];
  const peer = await dial(server.port);
  peer.send(
    { kind: 'file', id: ids[0], path: join(cwd, 'kept.txt') },
    { kind: 'file', id: ids[1], path: join(cwd, 'gone.txt') },
  );
  // The page appears before the copy is complete.
  await viewer.entry('the page', (entry) => entry.id === ids[1] && entry.status === 'ok');
  await server.end('SIGKILL');
  // When the connection has closed, all answers sent before the kill have been read.
  const acked = new Set((await within(peer.closed, 'the end of the connection')).map(({ id }) => id));
  if (!acked.has(ids[1])) rmSync(join(cwd, 'gone.txt'));
  const after = await again(server);
  const entries = await settled(after);
  expect(entries[0]).toMatchObject({ id: ids[0], status: 'ok' });
  expect(sourceOf(server.dir, server.scroll, ids[0] ?? '').length).toBe(300_000 * 1024);
  // The copy may be complete at the kill, with or without the answer to its sender.
  if (acked.has(ids[1])) expect(entries[1]).toMatchObject({ id: ids[1], status: 'ok' });
  if (entries[1]?.status === 'ok')
    expect(sourceOf(server.dir, server.scroll, ids[1] ?? '').length).toBe(300_000 * 1024);
  else
    expect(entries[1]).toMatchObject({
      id: ids[1],
      status: 'failed',
      error: expect.stringContaining('webpipe ended before'),
    });
});

test('an incomplete last line of the journal is removed; a damaged line loses only its own event', async () => {
  const server = await startServer(['run', 'torn']);
  const file = join(server.dir, 'a.txt');
  writeFileSync(file, 'text\n');
  await wp(['show', file, file], { dir: server.dir });
  await settled(server);
  await server.end('SIGKILL');
  const journal = join(server.dir, 's/torn/scroll.ndjson');
  appendFileSync(journal, '{"event":"accepted","n":3,"id":"00');
  const after = await again(server);
  expect((await wp(['show', file], { dir: server.dir })).stdout).toContain('/s/torn/#3\n');
  expect((await settled(after)).map(({ n }) => n)).toEqual([1, 2, 3]);
  await after.end();
  const lines = readFileSync(journal, 'utf8').split('\n');
  const wasRendered = lines.findIndex((line) => /"rendered".*"n":2|"n":2.*"rendered"/.test(line));
  lines[wasRendered] = 'damaged';
  writeFileSync(journal, lines.join('\n'));
  const listed = await wp(['ls', 'torn', '--json'], { dir: server.dir });
  expect(listed.stderr).toMatch(
    new RegExp(`^wp: scroll torn: line ${wasRendered + 1} of the journal is damaged; .+\n$`),
  );
  expect((JSON.parse(listed.stdout) as Entry[]).map(({ n, status }) => [n, status])).toEqual([
    [1, 'ok'],
    [2, 'accepted'],
    [3, 'ok'],
  ]);
  // The next owner recovers the page of entry 2.
  const last = await again(server);
  expect(last.stderr()).toMatch(
    new RegExp(`^wp: scroll torn: line ${wasRendered + 1} of the journal is damaged; moved to .*\n`, 'm'),
  );
  const viewer = await watch(last);
  expect(viewer.entries().map(({ n, status }) => [n, status])).toEqual([
    [1, 'ok'],
    [2, 'ok'],
    [3, 'ok'],
  ]);
  expect((await wp(['show', file], { dir: server.dir })).stdout).toContain('/s/torn/#4\n');
  expect((await wp(['ls', 'torn', '--json'], { dir: server.dir })).stderr).toBe('');
});
