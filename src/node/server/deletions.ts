import { messageOf } from '../../shared/errors.ts';
import type { Library } from './library.ts';

export interface DeletionListener {
  /** Called whenever `pending(scroll)` changes. */
  readonly onChange: () => void;
  /** Called when an entry could not be deleted after its delay, with a message for people. */
  readonly onFailure: (message: string) => void;
}

/**
 * Entries that are to be deleted after a delay, so that the deletion can be undone. Until then viewers hide them. The
 * deletion happens even if all viewers are closed; a server that stops deletes at once what is pending. Only if the
 * server is killed is nothing deleted, and the entries are shown again.
 */
export class Deletions {
  #library: Library;
  #warn: (line: string) => void;
  /** The timers of pending deletions, by scroll and number. */
  #pending = new Map<string, Map<number, NodeJS.Timeout>>();
  #listeners = new Set<DeletionListener & { readonly scroll: string }>();

  constructor(library: Library, warn: (line: string) => void) {
    this.#library = library;
    this.#warn = warn;
  }

  /** The numbers of entries whose deletion is pending, ascending. */
  pending(scroll: string): readonly number[] {
    return [...(this.#pending.get(scroll)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Subscribes to the deletions in a scroll. @returns a function that cancels this */
  subscribe(scroll: string, { onChange, onFailure }: DeletionListener): () => void {
    const listener = { scroll, onChange, onFailure };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Deletes entry `n` after `delay` milliseconds, unless that is cancelled. Replaces an earlier request. */
  schedule(scroll: string, n: number, delay: number): void {
    const timers = this.#pending.get(scroll) ?? new Map<number, NodeJS.Timeout>();
    this.#pending.set(scroll, timers);
    clearTimeout(timers.get(n));
    const deleteNow = () => {
      this.delete(scroll, [n]).catch((error: unknown) => this.#reportFailure(scroll, n, error));
    };
    timers.set(n, setTimeout(deleteNow, delay));
    this.#notify(scroll);
  }

  /** Cancels a pending deletion. @returns whether there was one */
  cancel(scroll: string, n: number): boolean {
    const timers = this.#pending.get(scroll);
    const timer = timers?.get(n);
    if (!timers || timer === undefined) return false;
    clearTimeout(timer);
    timers.delete(n);
    this.#notify(scroll);
    return true;
  }

  /** Deletes entries now. @throws WpError if that is impossible; pending deletions of them are cancelled then */
  async delete(scroll: string, numbers: readonly number[]): Promise<void> {
    for (const n of numbers) clearTimeout(this.#pending.get(scroll)?.get(n));
    try {
      await this.#library.delete(scroll, numbers);
    } finally {
      for (const n of numbers) this.cancel(scroll, n);
    }
  }

  /** Deletes everything that is pending. */
  async close(): Promise<void> {
    const all = [...this.#pending].flatMap(([scroll, timers]) => [...timers.keys()].map((n) => ({ scroll, n })));
    for (const { scroll, n } of all)
      await this.delete(scroll, [n]).catch((error: unknown) => this.#reportFailure(scroll, n, error));
  }

  /** Reports that a deletion failed whose request has been answered already. The entry is not hidden any more. */
  #reportFailure(scroll: string, n: number, error: unknown): void {
    const message = `Entry ${n} was not deleted: ${messageOf(error)}`;
    this.#warn(`scroll ${scroll}: ${message}`);
    for (const listener of this.#listeners) if (listener.scroll === scroll) listener.onFailure(message);
  }

  #notify(scroll: string): void {
    for (const listener of this.#listeners) if (listener.scroll === scroll) listener.onChange();
  }
}
