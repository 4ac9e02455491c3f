import type { Entry } from '../../shared/entry.ts';
import type { AcceptedEvent, ScrollEvent } from '../../shared/events.ts';

/** An event and its place in the journal. */
export interface Sequenced {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly event: ScrollEvent;
  /** Where the page of the entry lies after this event, if the event put one there. Not kept in the journal. */
  readonly page?: string;
}

/** What can be read of a scroll: by its owner and by everyone who only looks. */
export interface ScrollReader {
  readonly name: string;
  /** Names this journal: another one (a scroll made anew under the same name) has another. */
  readonly journal: string;
  /** The last sequence number. */
  readonly seq: number;
  /** All entries, by n - 1; what was deleted is marked. */
  readonly entries: readonly Entry[];
  /** The entry with this id. */
  entry(id: string): Entry | undefined;
  /** Events after `seq`, oldest first. */
  read(after: number): readonly Sequenced[];
  /**
   * Calls `listener` for each event from now on, in order, when it has been written; the listener must be quick and
   * must not throw. Gives the way to stop. To have snapshot and future without a gap, subscribe and read in the same
   * turn; what had been added and not yet told then comes twice, with the same `seq`.
   */
  subscribe(listener: (event: Sequenced) => void): () => void;
}

/** A scroll as its one owner has it. */
export interface Scroll extends ScrollReader {
  /** Gives the next number to a new entry. An id that is there already gives the entry it has. `durable` settles when it is on disk. */
  accept(file: Omit<AcceptedEvent, 'event' | 'n'>): { readonly entry: Entry; readonly durable: Promise<void> };
  /** Appends an event on an entry. Readers see it at once; settles when it is on disk. */
  append(event: Exclude<ScrollEvent, AcceptedEvent>, page?: string): Promise<void>;
  /** Tells subscribers that an open entry has grown, without a line in the journal. */
  grow(id: string, bytes: number): void;
  /**
   * Takes the page `page` and the directory beside it (its name without `.html`) as the files of entry `id`. What
   * lies in the spool is moved, anything else copied. An earlier page is replaced.
   * @returns the path of the page in the scroll
   */
  put(id: string, page: string): Promise<string>;
  /** Gives the scroll up for another owner. One without any event is gone then. */
  close(): Promise<void>;
}
