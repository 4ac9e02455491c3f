/** This version reads the notes in spools and the journals that the previous version wrote. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntries, sourceOf, spooled } from '../support/disk.ts';
import { newId } from '../support/raw.ts';
import { watch } from '../support/viewer.ts';
import { startServer, tempDir, until } from '../support/wp.ts';

const time = '2026-01-02T03:04:05.000Z';

/** Writes a note in the format without a version: a record with further fields. */
function writeOldNote(spool: string, id: string, fields: object): void {
  writeFileSync(join(spool, `${id}.json`), `${JSON.stringify({ kind: 'file', id, host: 'h', time, ...fields })}\n`);
}

test('files in the spools of xrender and recv are shown after an update, and the spools become empty', async () => {
  const dir = tempDir();
  const [xrender, recv] = [join(dir, 'spool/old'), join(dir, 'spool/recv-old')];
  const ids = [newId(), newId(), newId(), newId(), newId()];
  const [complete = '', copied = '', lost = '', received = '', linked = ''] = ids;
  for (const path of [
    join(xrender, complete, 'source'),
    join(xrender, linked, 'source'),
    join(recv, received),
    join(recv, linked),
  ])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  // A file by value, complete.
  writeFileSync(join(xrender, complete, 'source/complete.txt'), 'complete\n');
  writeOldNote(xrender, complete, { name: 'complete.txt', whole: 9, order: 1 });
  // A file by reference whose copy was interrupted: it is copied again.
  const original = join(dir, 'copied.txt');
  writeFileSync(original, 'still there\n');
  writeOldNote(xrender, copied, { name: 'copied.txt', path: original, whole: 12, copying: true, order: 2 });
  // A file whose original no longer exists.
  writeOldNote(xrender, lost, { name: 'lost.txt', path: join(dir, 'gone.txt'), whole: 9, copying: true, order: 3 });
  // A file that recv had received, and one that xrender had linked from the spool of recv.
  writeFileSync(join(recv, received, 'received.txt'), 'received\n');
  writeOldNote(recv, received, {
    name: 'received.txt',
    type: 'txt',
    path: join(recv, received, 'received.txt'),
    whole: 9,
    order: 4,
  });
  writeFileSync(join(recv, linked, 'linked.txt'), 'linked\n');
  writeFileSync(join(xrender, linked, 'source/linked.txt'), 'linked\n');
  writeOldNote(xrender, linked, { name: 'linked.txt', path: join(recv, linked, 'linked.txt'), whole: 7, order: 5 });
  const server = await startServer(
    ['run', '--recv', '--recv-port', '0', '--xrender-port', '0', '--http-port', '0', 'old'],
    { dir },
  );
  const entries = await until('all entries', () => {
    const all = readEntries(dir, 'old');
    return all.length === ids.length && all.every(({ status }) => status === 'ok' || status === 'failed') && all;
  });
  const of = (id: string) => entries.find((entry) => entry.id === id);
  for (const [id, name, text] of [
    [complete, 'complete.txt', 'complete\n'],
    [copied, 'copied.txt', 'still there\n'],
    [received, 'received.txt', 'received\n'],
    [linked, 'linked.txt', 'linked\n'],
  ] as const) {
    expect(of(id)).toMatchObject({ status: 'ok', name, host: 'h', time, type: 'txt' });
    expect(sourceOf(dir, 'old', id).toString()).toBe(text);
  }
  expect(of(lost)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('webpipe ended before') as string,
  });
  await until('empty spools', () => spooled(dir).length === 0);
  expect(await server.end()).toMatchObject({ code: 0 });
});

test('a journal is read in which a preview is recorded as an open entry that has ended', async () => {
  const dir = tempDir();
  const id = newId();
  mkdirSync(join(dir, 's/before'), { recursive: true });
  mkdirSync(join(dir, 's/before', id, 'source'), { recursive: true });
  writeFileSync(join(dir, 's/before', `${id}.html`), '<!doctype html><title>a</title>');
  const at = { n: 1, id };
  const events = [
    { event: 'accepted', ...at, name: 'a.folded', type: 'folded', host: 'h', time, bytes: 9_000_000 },
    { event: 'rendered', ...at, open: true, type: 'folded', bytes: 9_000_000, ms: 5 },
    { event: 'ended', ...at, bytes: 9_000_000 },
    { event: 'rendered', ...at, type: 'folded', bytes: 9_000_000, ms: 900 },
  ];
  writeFileSync(join(dir, 's/before/scroll.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const viewer = await watch(await startServer(['run', 'before'], { dir }));
  expect(viewer.entries()).toMatchObject([{ n: 1, id, status: 'ok', bytes: 9_000_000 }]);
});
