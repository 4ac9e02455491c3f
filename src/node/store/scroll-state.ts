import type { Entry } from '../../shared/entry.ts';
import { blankEvent, deletedEntry, type JournalLine, reduceEntry, type ScrollEvent } from '../../shared/events.ts';
import type { EventLog, SequencedEvent } from './store.ts';

interface Listener {
  readonly onEvent: (event: SequencedEvent) => void;
  readonly onEnd: (() => void) | undefined;
}

/** The state of a scroll in memory: its events, the entries that they make, and who subscribes to later ones. */
export class ScrollState implements EventLog {
  /** By sequence number - 1; undefined for a line without an event. */
  #events: (ScrollEvent | undefined)[] = [];
  /** The indexes in `#events` of the events of each entry, by its number. */
  #indexes = new Map<number, number[]>();
  #entries = new Map<number, Entry>();
  #numbers = new Map<string, number>();
  #nextNumber = 1;
  /** `entries`, until the next change. */
  #sorted: readonly Entry[] | undefined;
  #listeners = new Set<Listener>();

  constructor(lines: readonly JournalLine[]) {
    for (const line of lines) this.addLine(line);
  }

  get seq(): number {
    return this.#events.length;
  }

  /** The number of the next new entry: higher than any that was used, even on a line that cannot be read. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  get entries(): readonly Entry[] {
    this.#sorted ??= [...this.#entries.values()].sort((a, b) => a.n - b.n);
    return this.#sorted;
  }

  entry(id: string): Entry | undefined {
    const n = this.#numbers.get(id);
    return n === undefined ? undefined : this.#entries.get(n);
  }

  entryAt(n: number): Entry | undefined {
    return this.#entries.get(n);
  }

  eventsAfter(seq: number): readonly SequencedEvent[] {
    const later: SequencedEvent[] = [];
    for (const [i, event] of this.#events.slice(seq).entries()) if (event) later.push({ seq: seq + i + 1, event });
    return later;
  }

  subscribe(onEvent: (event: SequencedEvent) => void, onEnd?: () => void): () => void {
    const listener = { onEvent, onEnd };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a line of the journal. @returns its event, if it has one; nobody has been notified yet */
  addLine(line: JournalLine): SequencedEvent | undefined {
    if (line.kind === 'event') return this.add(line.event);
    this.#events.push(undefined);
    // It may have accepted an entry.
    if (line.kind !== 'unknown') this.#nextNumber += 1;
    return undefined;
  }

  /** Adds an event and gives it its sequence number. Nobody has been notified yet. */
  add(event: ScrollEvent): SequencedEvent {
    const { n, id } = event;
    const indexes = this.#indexes.get(n);
    if (indexes) indexes.push(this.#events.length);
    else this.#indexes.set(n, [this.#events.length]);
    this.#events.push(event);
    this.#nextNumber = Math.max(this.#nextNumber, n + 1);
    const deleted = event.event === 'deleted' ? deletedEntry(event) : undefined;
    const previous = this.#entries.get(n);
    const entry = reduceEntry(previous, event) ?? deleted;
    if (entry?.id === id) {
      this.#set(entry.deleted ? { ...entry, ...BLANK } : entry);
      if (!previous) this.#numbers.set(id, n);
      if (deleted) this.#blank(n);
    }
    return { seq: this.#events.length, event };
  }

  #set(entry: Entry): void {
    this.#entries.set(entry.n, entry);
    this.#sorted = undefined;
  }

  /** Forgets what earlier events said about entry `n`. */
  #blank(n: number): void {
    for (const i of this.#indexes.get(n) ?? []) {
      const event = this.#events[i];
      if (event) this.#events[i] = blankEvent(event);
    }
  }

  /** Notifies subscribers that an entry has grown. */
  grow(id: string, bytes: number): void {
    const entry = this.entry(id);
    if (!entry || entry.deleted) return;
    this.#set({ ...entry, bytes });
    this.notify({ seq: this.#events.length, event: { event: 'grown', n: entry.n, id, bytes } });
  }

  notify(event: SequencedEvent): void {
    for (const { onEvent } of this.#listeners) onEvent(event);
  }

  /** Notifies subscribers that no more events come. */
  end(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const { onEnd } of listeners) onEnd?.();
  }
}

/** The fields of an entry that are blank once it is deleted. */
const BLANK = { name: '', host: '', title: undefined, error: undefined } as const satisfies Partial<Entry>;
