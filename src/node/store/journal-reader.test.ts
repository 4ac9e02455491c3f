import { mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDiskScroll } from './disk-scroll.ts';
import { openDiskReader } from './journal-reader.ts';
import type { OwnedScroll, ScrollReader } from './store.ts';

const id = 'ab'.repeat(16);
const file = { id, name: 'a.txt', type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 3 };

async function openBoth(): Promise<{ dir: string; owner: OwnedScroll; reader: ScrollReader; warnings: string[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  const warnings: string[] = [];
  const owner = await openDiskScroll(dir, 'test', () => {});
  await owner.accept(file).durable;
  const reader = await openDiskReader(dir, 'test', (line) => warnings.push(line));
  if (!reader) throw new Error('there is no scroll');
  onTestFinished(async () => {
    await reader.close();
    await owner.close().catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  });
  return { dir, owner, reader, warnings };
}

function ended(reader: ScrollReader): Promise<'ended'> {
  return new Promise((resolve) => {
    reader.subscribe(
      () => {},
      () => resolve('ended'),
    );
  });
}

test('a reader ends when its scroll is replaced by another one of the same name', async () => {
  const { dir, reader } = await openBoth();
  renameSync(join(dir, 's/test'), join(dir, 's/old'));
  const other = await openDiskScroll(dir, 'test', () => {});
  onTestFinished(() => other.close());
  await other.accept({ ...file, name: 'other.txt' }).durable;
  expect(await ended(reader)).toBe('ended');
  expect(reader.entries).toMatchObject([{ name: 'a.txt' }]);
  expect(other.journal).not.toBe(reader.journal);
});

test('a reader ends when its scroll is removed', async () => {
  const { dir, reader } = await openBoth();
  rmSync(join(dir, 's/test'), { recursive: true });
  expect(await ended(reader)).toBe('ended');
});

test('a reader ends when its journal becomes shorter', async () => {
  const { dir, reader } = await openBoth();
  truncateSync(join(dir, 's/test/scroll.ndjson'), 10);
  expect(await ended(reader)).toBe('ended');
});

test('a reader that is closed does not end', async () => {
  const { dir, reader, owner } = await openBoth();
  let hasEnded = false;
  void ended(reader).then(() => {
    hasEnded = true;
  });
  await reader.close();
  rmSync(join(dir, 's/test'), { recursive: true });
  const other = await openDiskReader(dir, 'test', () => {});
  expect(other).toBeUndefined();
  await owner.append({ event: 'rendered', n: 1, id }).catch(() => {});
  expect(hasEnded).toBe(false);
  expect(reader.entryAt(1)?.status).toBe('accepted');
});

test.runIf(process.platform === 'linux')(
  'an error is reported once, and the reader goes on when it is over',
  async () => {
    const { dir, owner, reader, warnings } = await openBoth();
    // Root may read everything, so the journal is hidden behind a link that leads to itself.
    const journal = join(dir, 's/test/scroll.ndjson');
    renameSync(journal, `${journal}.hidden`);
    symlinkSync(journal, journal);
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^scroll test: its journal cannot be read: .*ELOOP.*; trying again$/);
    unlinkSync(journal);
    renameSync(`${journal}.hidden`, journal);
    await owner.append({ event: 'rendered', n: 1, id });
    await expect.poll(() => reader.entryAt(1)?.status).toBe('ok');
    expect(warnings).toHaveLength(1);
  },
);
