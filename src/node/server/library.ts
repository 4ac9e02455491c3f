import { WpError } from '../../shared/errors.ts';
import type { ScrollSummary } from '../../shared/feed.ts';
import type { OwnedScroll, ScrollReader, Store } from '../store/store.ts';

/** How long a scroll that is not in use stays open, milliseconds. */
const IDLE = 60_000;

/** A scroll that is in use until `release` is called. */
export interface OpenedScroll {
  readonly scroll: ScrollReader;
  readonly release: () => void;
}

interface SharedReader {
  readonly scroll: Promise<ScrollReader | undefined>;
  users: number;
  idleTimer?: NodeJS.Timeout;
}

/** All scrolls that the server shows: the one that this process owns, and readers of all others, shared by their users. */
export class Library {
  #store: Store;
  #owned: OwnedScroll | undefined;
  #readers = new Map<string, SharedReader>();
  /** By the name of a scroll that this process does not own: resolves when the last deletion there has ended. */
  #deleting = new Map<string, Promise<void>>();

  /** @param owned the scroll that this process owns, if any */
  constructor(store: Store, owned: OwnedScroll | undefined) {
    this.#store = store;
    this.#owned = owned;
  }

  /** The name of the scroll that this process owns, or of the most recently changed one; undefined if there is none. */
  async current(): Promise<string | undefined> {
    return this.#owned?.name ?? (await this.#store.list())[0]?.name;
  }

  owns(name: string): boolean {
    return this.#owned?.name === name;
  }

  /** Opens a scroll; undefined if there is none of this name. */
  async open(name: string): Promise<OpenedScroll | undefined> {
    if (this.#owned?.name === name) return { scroll: this.#owned, release: () => {} };
    const reader = this.#readers.get(name) ?? this.#openReader(name);
    reader.users += 1;
    clearTimeout(reader.idleTimer);
    const scroll = await reader.scroll;
    return scroll && { scroll, release: once(() => this.#release(name, reader)) };
  }

  #openReader(name: string): SharedReader {
    const reader: SharedReader = { scroll: this.#store.openReader(name), users: 0 };
    this.#readers.set(name, reader);
    const forget = () => this.#forget(name, reader);
    // After the end of this reader, a scroll of the same name is another one.
    reader.scroll.then((scroll) => (scroll ? scroll.subscribe(() => {}, forget) : forget()), forget);
    return reader;
  }

  #release(name: string, reader: SharedReader): void {
    reader.users -= 1;
    if (reader.users === 0) reader.idleTimer = setTimeout(() => this.#forget(name, reader), IDLE).unref();
  }

  #forget(name: string, reader: SharedReader): void {
    clearTimeout(reader.idleTimer);
    if (this.#readers.get(name) === reader) this.#readers.delete(name);
    void reader.scroll.then((scroll) => scroll?.close()).catch(() => {});
  }

  /**
   * Deletes entries. A scroll that nobody owns is opened for that.
   * @throws WpError if one does not exist or is deleted already, or another process owns the scroll; then none is deleted
   */
  async delete(name: string, numbers: readonly number[]): Promise<void> {
    if (this.#owned?.name === name) return this.#owned.delete(numbers);
    if (!(await this.names()).includes(name))
      throw new WpError('scroll', `there is no scroll "${name}"`, 'see "wp ls"');
    // Deletions in one scroll take turns, since each one has to own it.
    const earlier = this.#deleting.get(name) ?? Promise.resolve();
    const done = earlier.then(() => this.#deleteAsOwner(name, numbers));
    const settled = done.catch(() => {});
    this.#deleting.set(name, settled);
    await done.finally(() => {
      if (this.#deleting.get(name) === settled) this.#deleting.delete(name);
    });
  }

  async #deleteAsOwner(name: string, numbers: readonly number[]): Promise<void> {
    await this.checkDeletable(name);
    const scroll = await this.#store.openOwner(name);
    try {
      await scroll.delete(numbers);
    } finally {
      await scroll.close();
    }
  }

  /** @throws WpError if entries of this scroll cannot be deleted here, because another process owns it */
  async checkDeletable(name: string): Promise<void> {
    const pid = this.owns(name) ? undefined : await this.#store.otherOwner(name);
    if (pid === undefined) return;
    throw new WpError(
      'scroll',
      `scroll ${name} belongs to process ${pid}`,
      'delete the entry in its viewer, or with "wp rm"',
    );
  }

  /** The names of all scrolls, the most recently changed first. */
  async names(): Promise<string[]> {
    return (await this.#store.list()).map(({ name }) => name);
  }

  /** All scrolls, the most recently changed first. */
  async list(): Promise<ScrollSummary[]> {
    return (await this.#store.list()).map(({ name, entries, updated }) => ({
      name,
      entries,
      updated: updated.toISOString(),
      running: this.owns(name),
    }));
  }

  close(): void {
    for (const [name, reader] of [...this.#readers]) this.#forget(name, reader);
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
