import type { Entry } from '../../shared/entry.ts';
import { reduceEntry, type ScrollEvent } from '../../shared/events.ts';
import type { ScrollReader, Sequenced } from './scroll.ts';

/** The state of a scroll as its events make it, and those who want to hear of the next. */
export class ScrollState implements ScrollReader {
  readonly name: string;
  readonly journal: string;
  #events: ScrollEvent[] = [];
  #entries: Entry[] = [];
  #byId = new Map<string, number>();
  #listeners = new Set<(event: Sequenced) => void>();

  constructor(name: string, journal: string, events: readonly ScrollEvent[]) {
    this.name = name;
    this.journal = journal;
    for (const event of events) this.add(event);
  }

  get seq(): number {
    return this.#events.length;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  entry(id: string): Entry | undefined {
    const n = this.#byId.get(id);
    return n === undefined ? undefined : this.#entries[n - 1];
  }

  read(after: number): readonly Sequenced[] {
    return this.#events.slice(after).map((event, i) => ({ seq: after + i + 1, event }));
  }

  subscribe(listener: (event: Sequenced) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes one event in and gives it its place. Nobody is told yet. */
  add(event: ScrollEvent): Sequenced {
    this.#events.push(event);
    const entry = reduceEntry(this.#entries[event.n - 1], event);
    if (entry) {
      this.#entries[event.n - 1] = entry;
      this.#byId.set(entry.id, entry.n);
    }
    return { seq: this.#events.length, event };
  }

  /** Tells of growth that is not worth a line: it bears the sequence number of the last event. */
  grow(id: string, bytes: number): void {
    const entry = this.entry(id);
    if (!entry) return;
    const event: ScrollEvent = { event: 'grown', n: entry.n, id, bytes };
    this.#entries[entry.n - 1] = { ...entry, bytes };
    this.tell({ seq: this.#events.length, event });
  }

  /** Tells those who listen. */
  tell(event: Sequenced): void {
    for (const listener of this.#listeners) listener(event);
  }
}
