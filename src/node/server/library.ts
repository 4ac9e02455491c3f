import { readFile } from 'node:fs/promises';
import type { ScrollSummary } from '../../shared/feed.ts';
import { isScrollName } from '../../shared/names.ts';
import { layout, listScrolls } from '../store/layout.ts';
import type { ScrollReader } from '../store/scroll.ts';
import { type WatchedScroll, watchScroll } from '../store/watch.ts';

/** How long a scroll that nobody looks at any more is still followed, milliseconds. */
const KEEP = 60_000;

/** All scrolls of a directory for reading: the one that this process writes, and the others as their journals tell. */
export class Library {
  #dir: string;
  #own: ScrollReader | undefined;
  #watched = new Map<string, { scroll: Promise<WatchedScroll | undefined>; users: number; timer?: NodeJS.Timeout }>();

  /** @param own the scroll that this process writes, if it writes one */
  constructor(dir: string, own: ScrollReader | undefined) {
    this.#dir = dir;
    this.#own = own;
  }

  /** The name of the scroll that this process writes, else of the newest. */
  async current(): Promise<string | undefined> {
    return this.#own?.name ?? (await listScrolls(this.#dir))[0]?.name;
  }

  isOwn(name: string): boolean {
    return this.#own?.name === name;
  }

  /** Gives a scroll and the way to say that it is needed no more; undefined when there is none of this name. */
  async use(name: string): Promise<{ scroll: ScrollReader; release: () => void } | undefined> {
    if (this.#own?.name === name) return { scroll: this.#own, release: () => {} };
    if (!isScrollName(name)) return undefined;
    const held = this.#watched.get(name) ?? { scroll: watchScroll(this.#dir, name), users: 0 };
    this.#watched.set(name, held);
    held.users += 1;
    clearTimeout(held.timer);
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      held.users -= 1;
      if (held.users > 0) return;
      held.timer = setTimeout(() => this.#drop(name), KEEP).unref();
    };
    const scroll = await held.scroll.catch((error: unknown) => {
      this.#watched.delete(name);
      throw error;
    });
    if (scroll) return { scroll, release };
    this.#watched.delete(name);
    return undefined;
  }

  #drop(name: string): void {
    void this.#watched.get(name)?.scroll.then((scroll) => scroll?.close());
    this.#watched.delete(name);
  }

  /** All scrolls, newest first. */
  async list(): Promise<ScrollSummary[]> {
    const all = await listScrolls(this.#dir);
    return Promise.all(
      all.map(async ({ name, updated }) => ({
        name,
        entries: this.isOwn(name)
          ? (this.#own?.entries.length ?? 0)
          : await countEntries(layout.journal(this.#dir, name)),
        updated: updated.toISOString(),
        running: this.isOwn(name),
      })),
    );
  }

  close(): void {
    for (const name of [...this.#watched.keys()]) this.#drop(name);
  }
}

async function countEntries(journal: string): Promise<number> {
  const text = await readFile(journal, 'latin1').catch(() => '');
  return text.split('{"event":"accepted"').length - 1;
}
