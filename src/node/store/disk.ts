import { existsSync, renameSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Entry } from '../../shared/entry.ts';
import { hasCode } from '../../shared/errors.ts';
import type { AcceptedEvent, ScrollEvent } from '../../shared/events.ts';
import { isId } from '../../shared/names.ts';
import { Journal } from './journal.ts';
import { layout, prepareDir } from './layout.ts';
import { lock } from './lock.ts';
import { ScrollState } from './memory.ts';
import type { Scroll } from './scroll.ts';

/**
 * Opens the scroll `name` of a webpipe directory for its one owner, and makes it if it is not there. What a crash left
 * between two steps is brought to an end.
 * @throws WpError when another process owns it
 */
export async function openScroll(dir: string, name: string): Promise<Scroll> {
  await prepareDir(dir);
  const home = layout.scroll(dir, name);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const unlock = await lock(
    join(home, '.lock'),
    `scroll ${name} in ${dir}`,
    'end it with "wp stop", or run another scroll beside it with "wp run --xrender-port 0 --http-port 0 NAME"',
  );
  try {
    const path = layout.journal(dir, name);
    const { journal, events } = await Journal.open(path);
    const state = new ScrollState(name, await journalName(path), events);
    const scroll = owned(dir, home, state, journal, unlock);
    await finishMoves(scroll, dir, home);
    return scroll;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** A journal is named by its file and when that was made: one made anew is another. */
export async function journalName(path: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(path);
  return `${ino}-${Math.round(birthtimeMs)}`;
}

function owned(dir: string, home: string, state: ScrollState, journal: Journal, unlock: () => Promise<void>): Scroll {
  let durable: Promise<void> = Promise.resolve();
  const record = (event: ScrollEvent, page?: string): Promise<void> => {
    const sequenced = { ...state.add(event), page };
    durable = journal.append(event, () => state.tell(sequenced));
    durable.catch(() => {});
    return durable;
  };
  return {
    name: state.name,
    journal: state.journal,
    get seq() {
      return state.seq;
    },
    get entries() {
      return state.entries;
    },
    entry: (id) => state.entry(id),
    read: (after) => state.read(after),
    subscribe: (listener) => state.subscribe(listener),
    accept(file) {
      const known = state.entry(file.id);
      if (known) return { entry: known, durable };
      const event: AcceptedEvent = { event: 'accepted', n: state.entries.length + 1, ...file };
      return { durable: record(event), entry: state.entry(file.id) as Entry };
    },
    append: record,
    grow: (id, bytes) => state.grow(id, bytes),
    async put(id, page) {
      const target = join(home, `${id}.html`);
      const assets = page.endsWith('.html') ? page.slice(0, -'.html'.length) : undefined;
      const take = page.startsWith(layout.spool(dir) + sep) ? move : copy;
      if (assets && existsSync(assets)) await take(assets, join(home, id));
      await take(page, target);
      return target;
    },
    async close() {
      await journal.close();
      // One that was opened for nothing (a port was taken, nothing was shown) leaves nothing in the list.
      if (state.seq === 0) await rm(home, { recursive: true, force: true });
      await unlock();
    },
  };
}

/**
 * What a crash left between two steps of `put` is brought to an end: the directory moves before the page, and either may
 * be here before the line that says so, even before the one that says that the entry was accepted.
 */
async function finishMoves(scroll: Scroll, dir: string, home: string): Promise<void> {
  const ids = (await readdir(home)).filter((name) => isId(name) && scroll.entry(name) === undefined);
  const unknown = await Promise.all(ids.map(async (id) => ({ id, about: await aboutOf(home, id) })));
  unknown.sort((a, b) => ((a.about.time ?? '') < (b.about.time ?? '') ? -1 : 1));
  for (const { id, about } of unknown) {
    if (about.id !== id || !(await finishPage(dir, home, id))) continue;
    const { name = id, title, type = '', host = '', time = new Date().toISOString(), bytes = 0 } = about;
    scroll.accept({ id, name, title, type, host, time, bytes });
  }
  for (const { n, id } of scroll.entries.filter(({ status }) => status === 'accepted'))
    if (await finishPage(dir, home, id)) await scroll.append(outcome(await aboutOf(home, id), n, id));
}

/** Sees to it that the page of an entry is here; gives whether it is. */
async function finishPage(dir: string, home: string, id: string): Promise<boolean> {
  const page = join(home, `${id}.html`);
  if (existsSync(page)) return true;
  const spooled = existsSync(join(home, id, 'entry.json')) ? await spooledPage(dir, id) : undefined;
  if (spooled) await move(spooled, page);
  return spooled !== undefined;
}

/** The page of an entry in one of the spools. */
async function spooledPage(dir: string, id: string): Promise<string | undefined> {
  const spools = await readdir(layout.spool(dir));
  return spools.map((name) => join(layout.spool(dir), name, `${id}.html`)).find((path) => existsSync(path));
}

/** What an entry's own `entry.json` says of it; nothing where there is none that can be read. */
async function aboutOf(home: string, id: string): Promise<Partial<Entry>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(home, id, 'entry.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Partial<Entry>) : {};
  } catch {
    return {};
  }
}

/** What became of an entry. */
function outcome(
  { status, type, bytes, ms, error = '' }: Partial<Entry>,
  n: number,
  id: string,
): Exclude<ScrollEvent, AcceptedEvent> {
  if (status === 'failed') return { event: 'failed', n, id, type, bytes, ms, error };
  const pageOf = status === 'open' ? { open: true as const } : status === 'preview' ? { preview: true as const } : {};
  return { event: 'rendered', n, id, type, bytes, ms, ...pageOf };
}

/** Moves a file or a directory; what stands at the target is replaced in one step as far as the system can. */
async function move(from: string, to: string): Promise<void> {
  try {
    // On one file system this is a matter of microseconds, and somebody waits to see the page.
    renameSync(from, to);
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) {
      const old = `${to}.old`;
      await rm(old, { recursive: true, force: true });
      await rename(to, old);
      await rename(from, to);
      await rm(old, { recursive: true, force: true });
    } else if (hasCode(error, 'EXDEV')) {
      await copy(from, to);
      await rm(from, { recursive: true, force: true });
    } else throw error;
  }
}

async function copy(from: string, to: string): Promise<void> {
  const temporary = `${to}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await cp(from, temporary, { recursive: true, verbatimSymlinks: true });
  await move(temporary, to);
}
