import { randomBytes } from 'node:crypto';
import type { Key } from './key.ts';

/** How long a request of a warm frame waits until the viewer has bound the frame to an entry, milliseconds. */
const BIND_TIMEOUT = 2000;
/** Unbound warm frames of all viewers together. */
const MAX_SPARES = 200;

/** A warm frame: its scroll and, once the viewer has bound it, its entry. */
interface Spare {
  readonly scroll: string;
  id?: string;
  /** Resolves when `id` is set. */
  readonly bound: Promise<void>;
  readonly resolveBound: () => void;
}

/**
 * Capabilities: the part of a URL that lets a frame load the files of one entry and nothing else. That of an entry is its
 * id and a signature; that of a warm frame is random, and the viewer binds it to an entry later.
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

  /** Creates a capability for a warm frame. If there are too many, the oldest unbound one is revoked. */
  spare(scroll: string): string {
    const name = `f${randomBytes(24).toString('hex')}`;
    let resolveBound = () => {};
    const bound = new Promise<void>((resolve) => {
      resolveBound = resolve;
    });
    this.#spares.set(name, { scroll, bound, resolveBound });
    if (this.#spares.size > MAX_SPARES)
      for (const [oldest, { id }] of this.#spares) if (id === undefined && this.#spares.delete(oldest)) break;
    return name;
  }

  /** Whether `name` is a warm frame of this scroll. */
  isSpare(name: string, scroll: string): boolean {
    return this.#spares.get(name)?.scroll === scroll;
  }

  /** Binds the warm frame `name` to an entry. A frame can be bound only once. */
  bind(name: string, scroll: string, id: string): void {
    const spare = this.#spares.get(name);
    if (!spare || spare.id !== undefined || spare.scroll !== scroll) return;
    spare.id = id;
    spare.resolveBound();
  }

  /** Revokes the capability of a warm frame. */
  forget(name: string): void {
    this.#spares.delete(name);
  }

  /** The id of the entry of this scroll whose files a capability opens; undefined if it opens none. */
  async open(cap: string, scroll: string): Promise<string | undefined> {
    const spare = this.#spares.get(cap);
    if (spare) return spare.scroll === scroll ? boundId(spare) : undefined;
    const id = cap.slice(0, 32);
    return cap.length === 64 && this.#key.verify(`entry ${scroll} ${id}`, cap.slice(32)) ? id : undefined;
  }

  /** Whether a capability opens an entry of one of these scrolls, and so the files that all entries share. */
  async opensAny(cap: string, scrolls: readonly string[]): Promise<boolean> {
    const spare = this.#spares.get(cap);
    if (spare) return (await boundId(spare)) !== undefined;
    for (const scroll of scrolls) if ((await this.open(cap, scroll)) !== undefined) return true;
    return false;
  }
}

/** The entry of a warm frame. The frame's first request may arrive before the message that binds it. */
async function boundId(spare: Spare): Promise<string | undefined> {
  if (spare.id === undefined)
    await Promise.race([spare.bound, new Promise((resolve) => setTimeout(resolve, BIND_TIMEOUT).unref())]);
  return spare.id;
}
