import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layout, prepareDir } from '../directory/directory.ts';
import { holderOf, lock } from '../directory/lock.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import { Inbox } from './inbox.ts';
import { SPOOL_LIMIT } from './quota.ts';

/** How long items are kept that nobody takes, milliseconds. */
const KEEP = 7 * 24 * 3600_000;
const FILTER = /^filter-\d+$/;

/**
 * Opens the inbox `name` for this process. What an earlier process has left in it is still there.
 * @param limit the most that it may hold, bytes
 * @throws WpError if another process has it
 */
export async function openInbox(dir: string, name: string, limit: number = SPOOL_LIMIT): Promise<Inbox> {
  await prepareDir(dir);
  const path = join(layout.spool(dir), name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const unlock = await lock(join(path, '.lock'), `the spool ${path}`, 'end it first; "wp status" says what runs');
  return new Inbox(dir, path, limit, unlock);
}

/**
 * Opens an inbox for a filter. It is a new one: what a filter reads from a pipe was never acknowledged, and another
 * filter has nothing to do with it. Those of filters that have ended are removed after a week.
 * @param limit the most that it may hold, bytes
 */
export async function openFilterInbox(dir: string, limit: number = SPOOL_LIMIT): Promise<Inbox> {
  await prepareDir(dir);
  const home = layout.spool(dir);
  for (const name of (await readdir(home)).filter((item) => FILTER.test(item))) {
    const path = join(home, name);
    const info = await stat(path).catch(() => undefined);
    if (!info || Date.now() - info.mtimeMs < KEEP) continue;
    // The filter may still run: a tunnel may be idle for longer than a week.
    if ((await holderOf(join(path, '.lock'))) === undefined) await rm(path, { recursive: true, force: true });
  }
  const inbox = await openInbox(dir, `filter-${process.pid}`, limit);
  // An earlier process with the same number may have left something.
  for (const item of await readdir(inbox.path)) {
    if (item !== '.lock') await rm(join(inbox.path, item), { recursive: true, force: true });
  }
  return new Inbox(dir, inbox.path, limit, async () => {
    await inbox.close();
    // Succeeds only if everything in it has been taken over.
    await rmdir(inbox.path).catch(() => {});
  });
}

/**
 * Removes items that nobody has taken although they were handed over at every start for a week: behind a pipe there may
 * be a program that drops some of them, and no answer says so. The week begins with the first start that finds an item,
 * so time during which nothing ran does not count. Called before the stage starts.
 */
export async function dropUntaken(inbox: Inbox): Promise<void> {
  const list = join(inbox.path, '.left');
  const text = await readFile(list, 'utf8').catch(() => '');
  const firstSeen = new Map([...text.matchAll(/^([0-9a-f]{32}) (\d+)$/gm)].map(([, id, time]) => [id, Number(time)]));
  const names = await readdir(inbox.path);
  const lines: string[] = [];
  for (const id of names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))) {
    const time = firstSeen.get(id) ?? Date.now();
    if (Date.now() - time < KEEP) lines.push(`${id} ${time}\n`);
    else await inbox.discard(id);
  }
  await writeFileAtomic(list, lines.join(''));
}
