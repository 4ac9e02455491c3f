import { randomBytes } from 'node:crypto';
import type { Key } from './key.ts';

/** How long a frame that asks for files waits to be told whose they are, milliseconds. */
const BIND_WAIT = 2000;
/** Warm frames that may wait at one time, over all viewers. */
const MAX_SPARES = 200;

/** A warm frame: of which scroll, and, once the viewer has said so, of which entry. */
interface Spare {
  readonly scroll: string;
  id?: string;
  /** Settles when `id` is there. */
  readonly bound: Promise<void>;
  readonly bind: () => void;
}

/**
 * Capabilities: the part of a URL that lets a frame load the files of one entry and nothing else. One is the entry's
 * id and a mark that only we can make; a warm frame has a random one, which the viewer binds to one entry later.
 */
export class Capabilities {
  #key: Key;
  #spares = new Map<string, Spare>();

  constructor(key: Key) {
    this.#key = key;
  }

  /** The capability of an entry: 64 hex digits. */
  of(scroll: string, id: string): string {
    return id + this.#key.sign(`entry ${scroll} ${id}`);
  }

  /** A name for a warm frame in a scroll. The oldest names are forgotten when there are too many. */
  spare(scroll: string): string {
    const name = `f${randomBytes(24).toString('hex')}`;
    let bind = () => {};
    const bound = new Promise<void>((resolve) => {
      bind = resolve;
    });
    this.#spares.set(name, { scroll, bound, bind });
    if (this.#spares.size > MAX_SPARES)
      for (const [old, { id }] of this.#spares) if (id === undefined && this.#spares.delete(old)) break;
    return name;
  }

  /** Whether `name` is a warm frame of this scroll. */
  isSpare(name: string, scroll: string): boolean {
    return this.#spares.get(name)?.scroll === scroll;
  }

  /** The warm frame `name` shows entry `id` from here on; once said, it cannot be said otherwise. */
  bind(name: string, scroll: string, id: string): void {
    const spare = this.#spares.get(name);
    if (!spare || spare.id !== undefined || spare.scroll !== scroll) return;
    spare.id = id;
    spare.bind();
  }

  /** A frame is gone: its name opens nothing any more. */
  forget(name: string): void {
    this.#spares.delete(name);
  }

  /** The id of the entry whose files this capability opens in this scroll, if it opens any. */
  async open(cap: string, scroll: string): Promise<string | undefined> {
    const spare = this.#spares.get(cap);
    if (spare) return spare.scroll === scroll ? boundId(spare) : undefined;
    const id = cap.slice(0, 32);
    return cap.length === 64 && this.#key.verify(`entry ${scroll} ${id}`, cap.slice(32)) ? id : undefined;
  }

  /** Whether this capability opens an entry of any of these scrolls: what entries share is for whoever has one. */
  async opensAny(cap: string, scrolls: readonly string[]): Promise<boolean> {
    const spare = this.#spares.get(cap);
    if (spare) return (await boundId(spare)) !== undefined;
    for (const scroll of scrolls) if ((await this.open(cap, scroll)) !== undefined) return true;
    return false;
  }
}

/** The entry of a warm frame; the word for which one it is may come after the frame's first request. */
async function boundId(spare: Spare): Promise<string | undefined> {
  if (spare.id === undefined)
    await Promise.race([spare.bound, new Promise((resolve) => setTimeout(resolve, BIND_WAIT).unref())]);
  return spare.id;
}
