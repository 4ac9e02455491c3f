import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { blankEvent, type ScrollEvent } from '../../shared/events.ts';
import { openDiskScroll } from './disk-scroll.ts';
import type { OwnedScroll } from './store.ts';

let lastId = 0;

/** A file as `accept` takes it. */
function someFile(id = (++lastId).toString(16).padStart(32, '0')) {
  return { id, name: 'a.txt', type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 3 };
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const warnings: string[] = [];

async function openScroll(dir: string, name: string): Promise<OwnedScroll> {
  warnings.length = 0;
  return openDiskScroll(dir, name, (line) => warnings.push(line));
}

const journalOf = (dir: string) => join(dir, 's/test/scroll.ndjson');

test('the journal has one line for each event, and its directory is private', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  cleanups.push(() => scroll.close());
  const { entry, durable } = scroll.accept(someFile());
  await durable;
  expect(JSON.parse(readFileSync(journalOf(dir), 'utf8'))).toEqual({ event: 'accepted', n: 1, ...someFile(entry.id) });
  await Promise.all(Array.from({ length: 100 }, () => scroll.accept(someFile()).durable));
  expect(readFileSync(journalOf(dir), 'utf8').trimEnd().split('\n')).toHaveLength(101);
  expect(statSync(join(dir, 's/test')).mode & 0o777).toBe(0o700);
});

test('an incomplete last line is removed, and its number is used again', async () => {
  for (const incomplete of ['{"event":"acce', '\0\0\0']) {
    const dir = tempDir();
    const scroll = await openScroll(dir, 'test');
    await scroll.accept(someFile()).durable;
    await scroll.close();
    appendFileSync(journalOf(dir), incomplete);
    const again = await openScroll(dir, 'test');
    expect(again.entries).toMatchObject([{ n: 1, status: 'accepted' }]);
    expect(again.accept(someFile()).entry.n).toBe(2);
    await again.close();
  }
});

test('a complete last line without a newline is kept', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  await Promise.all([1, 2].map(() => scroll.accept(someFile()).durable));
  await scroll.close();
  writeFileSync(journalOf(dir), readFileSync(journalOf(dir), 'utf8').trimEnd());
  const again = await openScroll(dir, 'test');
  cleanups.push(() => again.close());
  expect(again.entries.map(({ n }) => n)).toEqual([1, 2]);
  expect(again.accept(someFile()).entry.n).toBe(3);
  expect(warnings).toEqual([]);
});

test('an entry whose deletion can no longer be read stays deleted', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  for (const name of ['one', 'secret']) await scroll.accept({ ...someFile(), name, host: '' }).durable;
  await scroll.delete([2]);
  await scroll.close();
  writeFileSync(
    journalOf(dir),
    readFileSync(journalOf(dir), 'utf8').replace('{"event":"deleted"', '\0"event":"deleted"'),
  );
  for (const expectedWarnings of [1, 0]) {
    const again = await openScroll(dir, 'test');
    expect(again.entries).toMatchObject([
      { n: 1, name: 'one' },
      { n: 2, name: '', deleted: true },
    ]);
    expect(again.entryAt(1)).not.toHaveProperty('deleted');
    expect(warnings).toHaveLength(expectedWarnings);
    await again.close();
  }
});

test('a deletion erases lines whose id or number is damaged, and those of later versions', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  const { id } = scroll.accept(someFile()).entry;
  await scroll.close();
  const other = 'f'.repeat(32);
  const secret = { name: 'secret', type: 't', host: 'secret', time: 't', bytes: 1, title: 'secret' };
  for (const line of [
    { event: 'changed', n: 1, id: other, title: 'secret' },
    { event: 'changed', n: 7, id, title: 'secret' },
    { event: 'accepted', n: 1, id, ...secret },
    { event: 'rendered', n: 1, id, note: 'secret' },
    { event: 'praised', n: 1, id, type: 'secret', by: 'secret' },
    { event: 'linked', n: 5, id: other, to: id, text: 'secret' },
    { event: 'changed', n: 1, id: 'not an id', title: 'secret' },
  ])
    appendFileSync(journalOf(dir), `${JSON.stringify(line)}\n`);
  const lengths = () =>
    readFileSync(journalOf(dir), 'utf8')
      .split('\n')
      .slice(0, 8)
      .map(({ length }) => length);
  const before = lengths();
  const again = await openScroll(dir, 'test');
  cleanups.push(() => again.close());
  expect(warnings).toHaveLength(1);
  expect(readFileSync(join(dir, 'damaged/test.ndjson'), 'utf8')).toContain('secret');
  await again.delete([1]);
  expect(readFileSync(journalOf(dir), 'utf8')).not.toContain('secret');
  expect(readFileSync(journalOf(dir), 'utf8')).toContain(`{"event":"praised","n":1,"id":"${id}"}`);
  expect(existsSync(join(dir, 'damaged/test.ndjson'))).toBe(false);
  expect(lengths()).toEqual(before);
});

test.each([
  ['after the directory was moved', true, false],
  ['after the directory and the page were moved', true, true],
])('a put that a crash interrupted %s is completed', async (_, dirMoved, pageMoved) => {
  for (const [status, event] of [
    ['ok', { status: 'ok', ms: 7 }],
    ['failed', { status: 'failed', error: 'why' }],
    ['open', { status: 'open' }],
  ] as const) {
    const dir = tempDir();
    const scroll = await openScroll(dir, 'test');
    const { entry, durable } = scroll.accept(someFile());
    await durable;
    await scroll.close();
    const assets = join(dir, dirMoved ? 's/test' : 'spool/x', entry.id);
    mkdirSync(assets, { recursive: true });
    mkdirSync(join(dir, 'spool/x'), { recursive: true });
    writeFileSync(join(assets, 'entry.json'), JSON.stringify({ ...event, status, id: entry.id }));
    writeFileSync(join(dir, pageMoved ? 's/test' : 'spool/x', `${entry.id}.html`), 'the page');
    const again = await openScroll(dir, 'test');
    expect(again.entries).toMatchObject([event]);
    expect(readFileSync(join(dir, 's/test', `${entry.id}.html`), 'utf8')).toBe('the page');
    await again.close();
  }
});

test('entries that were moved into the scroll before their first event are found, oldest first', async () => {
  const dir = tempDir();
  const home = join(dir, 's/test');
  const scroll = await openScroll(dir, 'test');
  await scroll.accept(someFile()).durable;
  await scroll.close();
  const ids = ['b', 'a', 'c', 'd'].map((letter) => letter.repeat(32));
  for (const [i, id] of ids.entries()) {
    mkdirSync(join(home, id));
    const about = {
      id,
      name: `${i}.txt`,
      type: 'txt',
      host: 'far',
      time: `2026-01-0${4 - i}T00:00:00Z`,
      bytes: 5,
      status: 'ok',
    };
    writeFileSync(join(home, id, 'entry.json'), i === 3 ? '{"id":' : JSON.stringify(about));
    // The page of one is still in the spool; another has none.
    mkdirSync(join(dir, 'spool/x'), { recursive: true });
    if (i === 0) writeFileSync(join(dir, 'spool/x', `${id}.html`), 'the page');
    else if (i !== 2) writeFileSync(join(home, `${id}.html`), 'the page');
  }
  const again = await openScroll(dir, 'test');
  expect(again.entries.slice(1)).toMatchObject([
    { n: 2, id: ids[1], name: '1.txt', host: 'far', status: 'ok', bytes: 5 },
    { n: 3, id: ids[0], name: '0.txt', status: 'ok' },
  ]);
  expect(again.entries).toHaveLength(3);
  expect(readFileSync(join(home, `${ids[0]}.html`), 'utf8')).toBe('the page');
  await again.close();
});

test('damaged lines are moved out of the journal, and later lines keep their numbers and offsets', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  await Promise.all(Array.from({ length: 4 }, () => scroll.accept(someFile()).durable));
  await scroll.close();
  const lines = readFileSync(journalOf(dir), 'latin1').split('\n');
  const damaged = Buffer.from([0xff, 0xfe, 0x7b, 0x00]);
  lines[0] = 'no JSON at all';
  lines[1] = damaged.toString('latin1');
  lines[2] = JSON.stringify({ event: 'accepted', n: 3, id: '../../../etc' });
  const before = lines.join('\n');
  writeFileSync(journalOf(dir), before, 'latin1');
  const again = await openScroll(dir, 'test');
  cleanups.push(() => again.close());
  expect(again.entries.map(({ n }) => n)).toEqual([4]);
  expect(warnings).toEqual([
    `scroll test: 3 lines of the journal are damaged (1, 2, 3); moved to ${dir}/damaged/test.ndjson, the rest of the scroll is complete`,
  ]);
  const after = readFileSync(journalOf(dir), 'latin1').split('\n');
  expect(after.map((line) => line.length)).toEqual(lines.map((line) => line.length));
  expect(after.slice(0, 3).join('').trim()).toBe('');
  expect(after[3]).toBe(lines[3]);
  const moved = readFileSync(join(dir, 'damaged/test.ndjson'), 'utf8').trim().split('\n');
  expect(moved.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { line: 1, text: 'no JSON at all' },
    { line: 2, base64: damaged.toString('base64') },
    { line: 3, text: lines[2] },
  ]);
  expect(statSync(join(dir, 'damaged')).mode & 0o777).toBe(0o700);
});

test('an event of a later version is kept and ignored', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  const { id } = scroll.accept(someFile()).entry;
  await scroll.close();
  appendFileSync(journalOf(dir), `${JSON.stringify({ event: 'praised', n: 1, id })}\n`);
  const before = readFileSync(journalOf(dir), 'utf8');
  const again = await openScroll(dir, 'test');
  cleanups.push(() => again.close());
  expect(again.entries).toMatchObject([{ n: 1, status: 'accepted' }]);
  expect(again.accept(someFile()).entry.n).toBe(2);
  expect(readFileSync(journalOf(dir), 'utf8').startsWith(before)).toBe(true);
  expect(warnings).toEqual([]);
});

test('two lines that give one number to two entries leave the first', async () => {
  const dir = tempDir();
  const scroll = await openScroll(dir, 'test');
  const { id } = scroll.accept(someFile()).entry;
  await scroll.close();
  appendFileSync(journalOf(dir), `${JSON.stringify({ event: 'accepted', n: 1, ...someFile('ff'.repeat(16)) })}\n`);
  const again = await openScroll(dir, 'test');
  cleanups.push(() => again.close());
  expect(again.entries).toMatchObject([{ n: 1, id }]);
  expect(again.entry('ff'.repeat(16))).toBeUndefined();
});

describe('a deletion that a crash interrupted', () => {
  /** A scroll with one entry, closed. @returns the names of everything that a deletion must remove */
  async function closedScroll(dir: string): Promise<{ id: string; paths: string[] }> {
    const scroll = await openScroll(dir, 'test');
    const { id } = scroll.accept({ ...someFile(), name: 'secret.txt', title: 'secret' }).entry;
    await scroll.append({ event: 'failed', n: 1, id, error: 'secret' });
    await scroll.close();
    const paths = [`s/test/${id}.html`, `s/test/${id}/source/secret.txt`, `spool/x/open/${id}.live`].map((path) =>
      join(dir, path),
    );
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'secret');
    }
    return { id, paths };
  }

  async function expectDeleted(dir: string): Promise<void> {
    const again = await openScroll(dir, 'test');
    cleanups.push(() => again.close());
    expect(again.entryAt(1)).toMatchObject({ deleted: true, name: '' });
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      expect(path).not.toContain('secret');
      expect(readFileSync(path, 'utf8'), path).not.toContain('secret');
    }
    expect(warnings).toEqual([]);
    expect(again.accept(someFile()).entry.n).toBeGreaterThanOrEqual(2);
  }

  const deletedEvent = (id: string) => `${JSON.stringify({ event: 'deleted', n: 1, id })}\n`;

  test.each([
    ['before any file was removed', []],
    ['after the page was removed', [0]],
    ['after the files of the scroll were removed', [0, 1]],
  ] as const)('%s is completed', async (_, removed) => {
    const dir = tempDir();
    const { id, paths } = await closedScroll(dir);
    appendFileSync(journalOf(dir), deletedEvent(id));
    for (const i of removed) rmSync(paths[i] ?? '');
    await expectDeleted(dir);
  });

  test('while the directory was being removed is completed', async () => {
    const dir = tempDir();
    const { id } = await closedScroll(dir);
    appendFileSync(journalOf(dir), deletedEvent(id));
    renameSync(join(dir, 's/test', id), join(dir, `s/test/${id}.deleted`));
    await expectDeleted(dir);
  });

  test.each([0, 1])('in the middle of line %i + 1 of the journal is completed', async (index) => {
    const dir = tempDir();
    const { id, paths } = await closedScroll(dir);
    for (const path of paths) rmSync(path, { recursive: true });
    const lines = readFileSync(journalOf(dir), 'utf8').trimEnd().split('\n');
    const old = lines[index] ?? '';
    const blank = JSON.stringify(blankEvent(JSON.parse(old) as ScrollEvent)).padEnd(old.length);
    for (let cut = 0; cut <= old.length; cut += 7) {
      for (const [first, second] of [
        [blank, old],
        [old, blank],
      ] as const) {
        lines[index] = first.slice(0, cut) + second.slice(cut);
        writeFileSync(journalOf(dir), `${lines.join('\n')}\n${deletedEvent(id)}`);
        await expectDeleted(dir);
        await Promise.all(cleanups.splice(1).map((cleanup) => cleanup()));
      }
    }
  });
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a full disk is reported, and leaves no gap in the journal',
  async () => {
    const dir = tempDir();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]).status !== 0) return;
    cleanups.push(() => spawnSync('umount', ['-l', dir]));
    const scroll = await openScroll(dir, 'test');
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, () => scroll.accept({ ...someFile(), title: 'x'.repeat(3000) }).durable),
    );
    await expect(scroll.accept({ ...someFile(), title: 'x'.repeat(70_000) }).durable).rejects.toThrow(
      'the journal cannot be written',
    );
    await expect(scroll.accept(someFile()).durable).rejects.toThrow('free space on the disk');
    await scroll.close();
    spawnSync('mount', ['-o', 'remount,size=1m', dir]);
    const again = await openScroll(dir, 'test');
    cleanups.push(() => again.close());
    expect(again.entries.map(({ n }) => n)).toEqual(again.entries.map((_, i) => i + 1));
    expect(again.entries.length).toBeGreaterThanOrEqual(results.filter(({ status }) => status === 'fulfilled').length);
  },
);
