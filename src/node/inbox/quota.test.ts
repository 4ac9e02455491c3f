import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';
import { Quota } from './quota.ts';

const places: string[] = [];
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});
function folder(): string {
  const place = mkdtempSync(join(tmpdir(), 'wp-quota-'));
  places.push(place);
  return place;
}
const [a, b] = ['a'.repeat(32), 'b'.repeat(32)] as const;

test('a reservation counts until it is released, and no more is reserved than the limit', async () => {
  const quota = new Quota(folder(), 10_000);
  const first = await quota.reserve(6000);
  await expect(quota.reserve(5000)).rejects.toThrow(/^spool: full, 6 kB of 10 kB in use; .*--spool-limit/);
  await expect(first.add(4001)).rejects.toThrow('full, 6 kB of 10 kB');
  await first.add(4000);
  expect(quota.used).toBe(10_000);
  await expect(quota.reserve(1)).rejects.toThrow('full, 10 kB of 10 kB in use');
  first.release();
  first.release();
  expect(quota.used).toBe(0);
  await quota.reserve(10_000);
});

test('a file larger than the limit is refused with the reason, however empty the spool is', async () => {
  const quota = new Quota(folder(), 1_500_000);
  await expect(quota.reserve(2_000_000)).rejects.toThrow('it has 2 MB, and the spool holds at most 1.5 MB');
});

test('an item counts until nothing with its id is in the spool', async () => {
  const path = folder();
  const quota = new Quota(path, 100);
  const space = await quota.reserve(80);
  writeFileSync(join(path, `${a}.json`), '');
  space.keep(a);
  await expect(quota.reserve(30)).rejects.toThrow('full, 80 B of 100 B');
  rmSync(join(path, `${a}.json`));
  await quota.reserve(30);
  expect(quota.used).toBe(30);
});

test('what an earlier run has left counts until it is removed', async () => {
  const path = folder();
  mkdirSync(join(path, a));
  writeFileSync(join(path, a, 'x'), Buffer.alloc(50_000, 1));
  writeFileSync(join(path, `${a}.json`), JSON.stringify({ note: 2, order: 1, record: { kind: 'file', id: a } }));
  const inbox = new Inbox(path, path, 60_000);
  await inbox.recover();
  await expect(inbox.reserve(30_000)).rejects.toThrow('50 kB of 60 kB');
  await inbox.discard(a);
  await inbox.reserve(30_000);
});

test('something that cannot be stored does not count', async () => {
  const path = folder();
  const inbox = new Inbox('/', path, 100);
  await expect(inbox.store(b, 90, () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  await inbox.store(b, 90, async (space) => {
    await space.add(10);
    mkdirSync(join(path, b));
  });
  await expect(inbox.reserve(1)).rejects.toThrow('100 B of 100 B');
});
