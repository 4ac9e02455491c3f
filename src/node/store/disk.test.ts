import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openScroll } from './disk.ts';
import { lock } from './lock.ts';
import { watchScroll } from './watch.ts';

let last = 0;

/** A file as `accept` takes it. */
function someFile(id = (++last).toString(16).padStart(32, '0')) {
  return { id, name: 'a.txt', type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 3 };
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const journalOf = (dir: string) => join(dir, 's/test/scroll.ndjson');

test('the journal is one line an event, whole after every promise, and its directory is private', async () => {
  const dir = place();
  const scroll = await openScroll(dir, 'test');
  ends.push(() => scroll.close());
  const { entry, durable } = scroll.accept(someFile());
  await durable;
  expect(JSON.parse(readFileSync(journalOf(dir), 'utf8'))).toEqual({ event: 'accepted', n: 1, ...someFile(entry.id) });
  await Promise.all(Array.from({ length: 100 }, () => scroll.accept(someFile()).durable));
  expect(readFileSync(journalOf(dir), 'utf8').trimEnd().split('\n')).toHaveLength(101);
  expect(statSync(join(dir, 's/test')).mode & 0o777).toBe(0o700);
});

test('a torn last line is cut off, and what follows is whole', async () => {
  const dir = place();
  const scroll = await openScroll(dir, 'test');
  await scroll.accept(someFile()).durable;
  await scroll.close();
  for (const torn of ['{"event":"acce', '{"event":"deleted","n":1,"id":"x"}', '\0\0\0']) {
    appendFileSync(journalOf(dir), torn);
    const again = await openScroll(dir, 'test');
    expect(again.entries).toMatchObject([{ n: 1, status: 'accepted' }]);
    await again.close();
  }
  appendFileSync(journalOf(dir), 'spoiled\n');
  await expect(openScroll(dir, 'test')).rejects.toThrow(/line 2 of .*scroll\.ndjson is not an event/);
  // It is free for the next try.
  expect(existsSync(join(dir, 's/test/.lock'))).toBe(false);
});

test.each([
  ['the directory had been moved', true, false],
  ['the directory and the page had been moved', true, true],
])('a crash inside put, when %s, is brought to an end', async (_, dirMoved, pageMoved) => {
  for (const [status, event] of [
    ['ok', { status: 'ok', ms: 7 }],
    ['failed', { status: 'failed', error: 'why' }],
    ['open', { status: 'open' }],
  ] as const) {
    const dir = place();
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

test('what was moved here before any line speaks of it is found, in its order; what is no entry is left alone', async () => {
  const dir = place();
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
    // The page of one is on its way still, another has none at all.
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

test('a lock is taken over from the dead, and from a number that was given to another process', async () => {
  const path = join(place(), '.lock');
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  for (const holder of [`${dead} 12345`, `${process.pid} 1`, '', 'nonsense', '-1 5']) {
    writeFileSync(path, `${holder}\n`);
    const unlock = await lock(path, 'it', 'do something');
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await expect(lock(path, 'it', 'do something')).rejects.toThrow(
      `it belongs to process ${process.pid}; do something`,
    );
    await unlock();
    expect(existsSync(path)).toBe(false);
  }
});

test('a scroll that another one writes is followed', async () => {
  const dir = place();
  expect(await watchScroll(dir, 'test')).toBeUndefined();
  const scroll = await openScroll(dir, 'test');
  ends.push(() => scroll.close());
  await scroll.accept(someFile()).durable;
  const watched = await watchScroll(dir, 'test');
  if (!watched) throw new Error('it is not there');
  ends.push(() => watched.close());
  expect(watched.entries).toEqual(scroll.entries);
  const heard = new Promise((settle) => {
    watched.subscribe(({ seq }) => seq === 3 && settle(undefined));
  });
  const { entry } = scroll.accept(someFile());
  await scroll.append({ event: 'rendered', n: 2, id: entry.id });
  await heard;
  expect(watched.entries).toEqual(scroll.entries);
  expect(watched.journal).toBe(scroll.journal);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a full disk is told, and leaves no gap in the journal',
  async () => {
    const dir = place();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]).status !== 0) return;
    ends.push(() => spawnSync('umount', ['-l', dir]));
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
    ends.push(() => again.close());
    expect(again.entries.map(({ n }) => n)).toEqual(again.entries.map((_, i) => i + 1));
    expect(again.entries.length).toBeGreaterThanOrEqual(results.filter(({ status }) => status === 'fulfilled').length);
  },
);
