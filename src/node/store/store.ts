import type { Entry } from '../../shared/entry.ts';
import type { AcceptedEvent, ScrollEvent } from '../../shared/events.ts';
import type { OpenFile } from '../directory/open-file.ts';

/**
 * Where scrolls live. Everything that lists, reads, serves, publishes or deletes scrolls does so through these
 * interfaces; the contract suite in `test/contracts/store.ts` specifies them.
 *
 * A scroll has at most one owner, the process that writes to it, and any number of readers.
 */
export interface Store {
  /** All scrolls, the most recently changed first. */
  list(): Promise<ScrollInfo[]>;
  /**
   * Opens a scroll for reading. Events that its owner adds reach the reader within a second.
   * @returns undefined if there is no such scroll, or `name` cannot be the name of one
   */
  openReader(name: string): Promise<ScrollReader | undefined>;
  /**
   * Opens a scroll as its owner, and creates it if it does not exist. Work that a crash interrupted is completed:
   * files that were being put, entries that were being deleted.
   * @throws WpError if another process owns the scroll
   */
  openOwner(name: string): Promise<OwnedScroll>;
  /** The id of another process that owns a scroll; undefined if there is none. */
  otherOwner(name: string): Promise<number | undefined>;
}

/** A line in the list of scrolls. */
export interface ScrollInfo {
  readonly name: string;
  /** Number of entries, without deleted ones. */
  readonly entries: number;
  /** When the journal last changed. */
  readonly updated: Date;
}

/** An event and its place in the journal. */
export interface SequencedEvent {
  /** Counts from 1. A sequence number that has no event belongs to a line that was damaged. */
  readonly seq: number;
  readonly event: ScrollEvent;
  /** The page that this event put in place, if it did. Only the owner's subscribers get it. */
  readonly page?: StoredPage;
}

/** Reads the events of a scroll. */
export interface EventLog {
  /** The last sequence number, 0 in a new scroll. */
  readonly seq: number;
  /** The events after sequence number `seq`, oldest first. */
  eventsAfter(seq: number): readonly SequencedEvent[];
  /**
   * Calls `onEvent` for each later event, in order, once it has been written. The listener must be fast and must not
   * throw. `grown` events carry the sequence number of the event before them, because they are not in the journal.
   *
   * A caller that reads a snapshot and subscribes in the same turn of the event loop misses nothing. An event that was
   * written but not yet delivered at that moment may arrive again with the same `seq`.
   *
   * `onEnd` is called at most once, when this reader gets no more events because the scroll was removed or replaced by
   * another one of the same name. It is never called after `close` or for the owner.
   * @returns a function that cancels the subscription
   */
  subscribe(onEvent: (event: SequencedEvent) => void, onEnd?: () => void): () => void;
}

/** A scroll, open for reading. */
export interface ScrollReader extends EventLog {
  readonly name: string;
  /**
   * Identifies the journal. It changes when the scroll is replaced by a new one of the same name, or when damaged lines
   * were found: sequence numbers from a journal with another identity mean nothing.
   */
  readonly journal: string;
  /** All entries, ascending by number. Deleted ones are marked and have neither name nor title. */
  readonly entries: readonly Entry[];
  readonly files: FileReader;
  /** The entry with this id. A deleted one is marked. */
  entry(id: string): Entry | undefined;
  /** The entry with this number. A deleted one is marked. */
  entryAt(n: number): Entry | undefined;
  /** Frees what the reader uses. An owner that closes makes the scroll available for another; one without events is removed. */
  close(): Promise<void>;
}

/** A scroll, open for its owner. */
export interface OwnedScroll extends ScrollReader {
  readonly files: FileWriter;
  /**
   * Gives the next number to a new entry. An id that is known already gets the entry it has, even a deleted one, and
   * nothing is written. Numbers are never used twice. `durable` resolves when the entry is on disk.
   */
  accept(file: Omit<AcceptedEvent, 'event' | 'n'>): { readonly entry: Entry; readonly durable: Promise<void> };
  /**
   * Appends an event about an entry. Subscribers get it before this returns; the promise resolves when it is on disk.
   * @throws WpError (the promise rejects) if the entry was deleted, or the journal cannot be written any more
   */
  append(event: Exclude<ScrollEvent, AcceptedEvent | DeletedEvent>, page?: StoredPage): Promise<void>;
  /** Tells subscribers that an open entry has grown to `bytes`. Nothing is written. */
  grow(id: string, bytes: number): void;
  /**
   * Deletes the entries with these numbers: appends `deleted` events, removes the entries' files, and blanks their names,
   * titles and errors in earlier events. Resolves when all of that is on disk. If the process ends in between, each entry
   * is either untouched or the next owner completes the deletion.
   * @throws WpError if one of them does not exist, or is deleted already; then none is deleted
   */
  delete(numbers: readonly number[]): Promise<void>;
}

export type DeletedEvent = Extract<ScrollEvent, { event: 'deleted' }>;

/**
 * Opens the files of a scroll; the caller closes them. Symbolic links that lead out of the entry or the shared files are
 * not followed.
 */
export interface FileReader {
  /** The page of an entry, if there is one. */
  page(id: string): Promise<OpenFile | undefined>;
  /** A file of an entry, such as `['source', 'a.csv']`: the names on its path inside of the entry's directory. */
  entryFile(id: string, path: readonly string[]): Promise<OpenFile | undefined>;
  /** A file that all pages of the scroll share, by the names on its path below `assets/`. */
  asset(path: readonly string[]): Promise<OpenFile | undefined>;
}

/** Writes the files of a scroll. */
export interface FileWriter extends FileReader {
  /**
   * Takes the file at `page` as the page of the entry, and the directory beside it (the same path without `.html`) as
   * the entry's directory; an earlier page is replaced. What is in the spool of the webpipe directory is handed over:
   * the disk store renames it. Anything else is copied.
   * @throws WpError if the entry was deleted; a system error if the page cannot be taken
   */
  put(id: string, page: string): Promise<StoredPage>;
  /**
   * Puts a file that all pages share: `index.html` or `assets/<name>`. A name that contains a hash of the contents
   * (`shell.0a1b2c3d.js`) is only written if it is missing.
   * @param source the path of a file to link or copy, or the contents
   */
  putShared(name: string, source: { readonly path: string } | { readonly text: string }): Promise<void>;
}

/** A page that has just been put. */
export interface StoredPage {
  /** The HTML, read synchronously, if it has at most `maxBytes` bytes and is still there. */
  text(maxBytes: number): string | undefined;
}
