import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScrollSummary } from '../../src/shared/feed.ts';
import { readEntries, readJournal } from '../support/disk.ts';
import { http, login, watch } from '../support/viewer.ts';
import { startServer, tempDir, until, wp } from '../support/wp.ts';

test('old scrolls can be read, and a scroll that another process writes is followed', async () => {
  const dir = tempDir();
  const cwd = tempDir();
  writeFileSync(join(cwd, 'a.txt'), 'in the old one\n');
  const old = await startServer(['run', 'old'], { dir });
  await wp(['show', 'a.txt'], { dir, cwd });
  await until('the rendered entry', () => readEntries(dir, 'old')[0]?.status === 'ok');
  const server = await startServer(['run', 'new'], { dir });
  const headers = { Authorization: `Bearer ${await login(server)}` };
  const { text } = await http(server, '/api/scrolls', { headers });
  const list = JSON.parse(text) as ScrollSummary[];
  expect(list.map(({ name, running, entries }) => [name, running, entries]).sort()).toEqual([
    ['new', true, 0],
    ['old', false, 1],
  ]);
  expect((await http(server, '/api/scrolls')).status).toBe(401);
  const viewer = await watch(server, { scroll: 'old' });
  const [entry] = viewer.entries();
  expect(await viewer.page(entry!)).toContain('in the old one');
  await wp(['show', 'a.txt'], { dir, cwd, env: { WEBPIPE_XRENDER_PORT: String(old.port) } });
  await viewer.entry('what the other process shows', ({ n, status }) => n === 2 && status === 'ok');
  await expect(watch(server, { scroll: 'nowhere' })).rejects.toThrow('no such scroll');
});

test('a viewer that reconnects gets exactly the events that it missed', async () => {
  const server = await startServer();
  const file = join(server.dir, 'a.txt');
  writeFileSync(file, 'text\n');
  const first = await watch(server);
  await wp(['show', file], { dir: server.dir });
  await first.entry('the first', ({ n, status }) => n === 1 && status === 'ok');
  const [journal, after] = [first.journal(), first.seq()];
  first.close();
  await wp(['show', file], { dir: server.dir });
  await until('the rendered entry', () => readEntries(server.dir, server.scroll)[1]?.status === 'ok');
  const resumed = await watch(server, { journal, after });
  expect(resumed.messages.map(({ kind }) => kind)).toEqual(['event', 'event', 'live']);
  expect(resumed.events.map(({ event, n }) => [event, n])).toEqual([
    ['accepted', 2],
    ['rendered', 2],
  ]);
  const other = await watch(server, { journal: 'another', after });
  expect(other.messages[0]?.kind).toBe('snapshot');
  expect(other.entries()).toHaveLength(2);
});

test('the feed has the same events as the journal', async () => {
  const server = await startServer();
  const viewer = await watch(server);
  for (let i = 0; i < 5; i++) await wp(['show'], { dir: server.dir, input: `${i}\n` });
  await until(
    'all rendered',
    () => readEntries(server.dir, server.scroll).filter(({ status }) => status === 'ok').length === 5,
  );
  const journal = readJournal(server.dir, server.scroll);
  await until('all events', () => viewer.seq() === journal.length);
  expect(viewer.events.filter(({ event }) => event !== 'grown')).toEqual(journal);
  const entries = readEntries(server.dir, server.scroll);
  expect(viewer.entries()).toMatchObject(entries);
  expect(viewer.entries()).toHaveLength(entries.length);
  const late = await watch(server);
  expect(late.entries()).toEqual(viewer.entries());
});

test('a scroll can be served by any static server', async () => {
  const server = await startServer(['run', 'static']);
  await wp(['show'], { dir: server.dir, input: 'text\n' });
  const home = join(server.dir, 's/static');
  const page = readFileSync(join(home, 'index.html'), 'utf8');
  const linked = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, url]) => url ?? '');
  expect(linked.length).toBeGreaterThan(0);
  for (const url of linked) {
    expect(url).not.toMatch(/^(\/|https?:)/);
    expect(existsSync(join(home, url)), url).toBe(true);
  }
  const entry = await until('the entry', () => readEntries(server.dir, 'static').find(({ status }) => status === 'ok'));
  const html = readFileSync(join(home, `${entry.id}.html`), 'utf8');
  for (const [, url = ''] of html.matchAll(/(?:src|href)="((?:assets|[0-9a-f]{32})\/[^"]+)"/g)) {
    expect(existsSync(join(home, decodeURIComponent(url))), url).toBe(true);
  }
  expect(JSON.parse(readFileSync(join(home, entry.id, 'entry.json'), 'utf8'))).toMatchObject({
    id: entry.id,
    status: 'ok',
  });
});
