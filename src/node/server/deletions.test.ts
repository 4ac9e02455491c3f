import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { diskStore } from '../store/disk-store.ts';
import type { OwnedScroll } from '../store/store.ts';
import { Deletions } from './deletions.ts';
import { Library } from './library.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A scroll `a` with entries 1 to 3, open for its owner, and the deletions of a server that does not own it. */
async function setUp(): Promise<{ scroll: OwnedScroll; deletions: Deletions; warnings: string[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  const warnings: string[] = [];
  const store = diskStore(dir, () => {});
  const scroll = await store.openOwner('a');
  for (const digit of ['1', '2', '3']) {
    const file = { id: digit.repeat(32), name: 'a.txt', type: 'txt', host: '', time: '', bytes: 1 };
    await scroll.accept(file).durable;
  }
  const library = new Library(store, undefined);
  cleanups.push(() => library.close());
  return { scroll, warnings, deletions: new Deletions(library, (line) => warnings.push(line)) };
}

test('a deletion that fails after its delay shows the entry again, with a message', async () => {
  const { scroll, deletions, warnings } = await setUp();
  cleanups.push(() => scroll.close());
  const pending: (readonly number[])[] = [];
  const failure = new Promise<string>((resolve) => {
    deletions.subscribe('a', { onChange: () => pending.push(deletions.pending('a')), onFailure: resolve });
  });
  deletions.schedule('a', 1, 1);
  expect(await failure).toMatch(/^Entry 1 was not deleted: .*belongs to process/);
  expect(pending).toEqual([[1], []]);
  expect(warnings).toEqual([expect.stringContaining('Entry 1 was not deleted')]);
});

test('several deletions at a time in a scroll that nobody owns all succeed', async () => {
  const { scroll, deletions, warnings } = await setUp();
  await scroll.close();
  await Promise.all([deletions.delete('a', [1]), deletions.delete('a', [2]), deletions.delete('a', [3])]);
  await expect(deletions.delete('a', [3])).rejects.toThrow('entry 3 was deleted');
  expect(warnings).toEqual([]);
});
