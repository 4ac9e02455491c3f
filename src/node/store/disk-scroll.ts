import { mkdir, rm, stat } from 'node:fs/promises';
import type { Entry } from '../../shared/entry.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import {
  type AcceptedEvent,
  blankEvent,
  type JournalLine,
  parseJournalLine,
  type ScrollEvent,
} from '../../shared/events.ts';
import { prepareDir } from '../directory/directory.ts';
import { lock } from '../directory/lock.ts';
import { damageReport, mentionsAny, setAside } from './damage.ts';
import { eraseEntries, hasNoFiles, spooledFiles } from './deletion.ts';
import { diskFileWriter } from './disk-files.ts';
import { alreadyDeletedError, deletedError } from './errors.ts';
import { Journal, journalIdentity } from './journal.ts';
import { type ScrollPaths, scrollPaths } from './layout.ts';
import { completePuts } from './recovery.ts';
import { ScrollState } from './scroll-state.ts';
import type { DeletedEvent, FileWriter, OwnedScroll, SequencedEvent, StoredPage } from './store.ts';

/** Opens a scroll of a webpipe directory for its owner; see `Store.openOwner`. */
export async function openDiskScroll(dir: string, name: string, warn: (line: string) => void): Promise<OwnedScroll> {
  await prepareDir(dir);
  const paths = scrollPaths(dir, name);
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  const unlock = await lock(
    paths.lock,
    `scroll ${name} in ${dir}`,
    'end it with "wp stop", or run another scroll beside it with "wp run --xrender-port 0 --http-port 0 NAME"',
  );
  try {
    const { journal, lines: texts } = await Journal.open(paths.journal);
    const lines = texts.map(parseJournalLine);
    const state = new ScrollState(lines);
    await repairJournal({ dir, paths, name, texts, lines, state, warn });
    const scroll = new DiskScroll({
      name,
      identity: journalIdentity(await stat(paths.journal), lines),
      dir,
      paths,
      state,
      journal,
      unlock,
    });
    const erased = await findErased(dir, paths, state.entries);
    if (erased.length > 0) await scroll.delete(erased.map(({ n }) => n));
    await completePuts(scroll, dir, paths);
    return scroll;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Completes interrupted deletions, and sets damaged lines aside. */
async function repairJournal(journal: {
  readonly dir: string;
  readonly paths: ScrollPaths;
  readonly name: string;
  readonly texts: readonly string[];
  readonly lines: readonly JournalLine[];
  readonly state: ScrollState;
  readonly warn: (line: string) => void;
}): Promise<void> {
  const { dir, paths, name, texts, lines, state, warn } = journal;
  const deleted = state.entries.filter((entry) => entry.deleted);
  const ids = new Set(deleted.map(({ id }) => id));
  const unfinished = new Set(deleted.filter((entry) => !hasNoFiles(paths, entry)).map(({ id }) => id));
  if (ids.size > 0) for (const { id } of await spooledFiles(dir, ids)) unfinished.add(id);
  const damaged: number[] = [];
  for (const [i, line] of lines.entries()) {
    const text = texts[i] ?? '';
    if (line.kind === 'blank') continue;
    // The system stopped in the middle of blanking a damaged line with such an id.
    if (line.kind === 'damaged' && mentionsAny(text, ids)) for (const id of ids) unfinished.add(id);
    else if (line.kind === 'damaged') damaged.push(i + 1);
    else if (ids.has(line.event.id) && !isBlanked(line.event)) unfinished.add(line.event.id);
  }
  const remaining = deleted.filter(({ id }) => unfinished.has(id));
  if (remaining.length > 0) await eraseEntries(dir, paths, remaining);
  if (damaged.length === 0) return;
  const moved = `moved to ${paths.damaged}, the rest of the scroll is complete`;
  const failed = (error: unknown) => `skipped, since it cannot be moved to ${paths.damaged} (${messageOf(error)})`;
  const consequence =
    remaining.length > 0
      ? 'erased, because a deletion had to be completed'
      : await setAside(paths, new Set(damaged)).then(() => moved, failed);
  warn(damageReport(name, damaged, consequence));
}

/**
 * The entries whose `deleted` event was damaged after the deletion had been completed: they have neither a name nor
 * files, and nothing of them is in a spool.
 */
async function findErased(dir: string, paths: ScrollPaths, entries: readonly Entry[]): Promise<Entry[]> {
  const nameless = entries.filter(
    ({ deleted, name, host, title }) => !deleted && `${name}${host}${title ?? ''}` === '',
  );
  const erased = nameless.filter((entry) => hasNoFiles(paths, entry));
  if (erased.length === 0) return [];
  const spooled = await spooledFiles(dir, new Set(erased.map(({ id }) => id)));
  return erased.filter(({ id }) => !spooled.some((file) => file.id === id));
}

function isBlanked(event: Parameters<typeof blankEvent>[0]): boolean {
  return JSON.stringify(event) === JSON.stringify(blankEvent(event));
}

interface DiskScrollParts {
  readonly name: string;
  readonly identity: string;
  readonly dir: string;
  readonly paths: ScrollPaths;
  readonly state: ScrollState;
  readonly journal: Journal;
  readonly unlock: () => Promise<void>;
}

/** A scroll on disk, open for its owner. */
class DiskScroll implements OwnedScroll {
  readonly name: string;
  readonly journal: string;
  readonly files: FileWriter;
  #dir: string;
  #paths: ScrollPaths;
  #state: ScrollState;
  #journal: Journal;
  #unlock: () => Promise<void>;
  /** Resolves when the last event is on disk. */
  #durable: Promise<void> = Promise.resolve();
  /** Work that is in progress: on the files of an entry by its id, on earlier lines of the journal by `journal`. */
  #inProgress = new Map<string, Promise<unknown>>();

  constructor({ name, identity, dir, paths, state, journal, unlock }: DiskScrollParts) {
    this.name = name;
    this.journal = identity;
    this.#dir = dir;
    this.#paths = paths;
    this.#state = state;
    this.#journal = journal;
    this.#unlock = unlock;
    this.files = diskFileWriter(dir, paths, (id, work) =>
      this.#exclusively(id, async () => {
        this.#refuseDeleted(this.entry(id));
        return work();
      }),
    );
  }

  get seq(): number {
    return this.#state.seq;
  }

  get entries(): readonly Entry[] {
    return this.#state.entries;
  }

  entry(id: string): Entry | undefined {
    return this.#state.entry(id);
  }

  entryAt(n: number): Entry | undefined {
    return this.#state.entryAt(n);
  }

  eventsAfter(seq: number): readonly SequencedEvent[] {
    return this.#state.eventsAfter(seq);
  }

  subscribe(onEvent: (event: SequencedEvent) => void): () => void {
    return this.#state.subscribe(onEvent);
  }

  accept(file: Omit<AcceptedEvent, 'event' | 'n'>): { readonly entry: Entry; readonly durable: Promise<void> } {
    const known = this.entry(file.id);
    if (known) return { entry: known, durable: this.#durable };
    const event: AcceptedEvent = { event: 'accepted', n: this.#state.nextNumber, ...file };
    return { durable: this.#record(event), entry: this.entry(file.id) as Entry };
  }

  append(event: Exclude<ScrollEvent, AcceptedEvent | DeletedEvent>, page?: StoredPage): Promise<void> {
    try {
      this.#refuseDeleted(this.entryAt(event.n));
    } catch (error) {
      return Promise.reject(error as WpError);
    }
    return this.#record(event, page);
  }

  grow(id: string, bytes: number): void {
    this.#state.grow(id, bytes);
  }

  async delete(numbers: readonly number[]): Promise<void> {
    const entries = [...new Set(numbers)].map((n) => {
      const entry = this.entryAt(n);
      if (!entry) throw new WpError('scroll', `there is no entry ${n} in ${this.name}`, `see "wp ls ${this.name}"`);
      if (entry.deleted) throw alreadyDeletedError(n);
      return entry;
    });
    // From here on the next owner completes the deletion. Nothing is erased before that is certain.
    const recorded = entries.map(({ n, id }) => this.#record({ event: 'deleted', n, id }));
    const puts = entries.flatMap(({ id }) => this.#inProgress.get(id) ?? []);
    await this.#exclusively('journal', async () => {
      await Promise.all(recorded);
      await Promise.allSettled(puts);
      await eraseEntries(this.#dir, this.#paths, entries);
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#inProgress.values());
    await this.#journal.close();
    // A server that could not start, or was shown nothing, leaves nothing in the list of scrolls.
    if (this.seq === 0) await rm(this.#paths.home, { recursive: true, force: true });
    await this.#unlock();
  }

  #record(event: ScrollEvent, page?: StoredPage): Promise<void> {
    const sequenced = { ...this.#state.add(event), page };
    const durable = this.#journal.append(event, () => this.#state.notify(sequenced));
    durable.catch(() => {});
    this.#durable = durable;
    return durable;
  }

  /** Runs work when earlier work of the same subject has ended. */
  #exclusively<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#inProgress.get(subject) ?? Promise.resolve()).then(work, work);
    this.#inProgress.set(subject, done);
    const forget = () => {
      if (this.#inProgress.get(subject) === done) this.#inProgress.delete(subject);
    };
    done.then(forget, forget);
    return done;
  }

  #refuseDeleted(entry: Entry | undefined): void {
    if (entry?.deleted) throw deletedError(entry.n);
  }
}
