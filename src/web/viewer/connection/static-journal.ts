import { deletedEntry, parseJournalLine, reduceEntry, type ScrollEvent } from '../../../shared/events.ts';
import type { FeedEntry } from '../../../shared/feed.ts';
import type { Connection, ConnectionOptions } from './connection.ts';

const JOURNAL = 'scroll.ndjson';
/** The time between two reads of the journal, milliseconds. */
const INTERVAL = 4000;

/** Follows the journal of a static copy, which replaces the feed of a server: reads it and polls for new lines. */
export function followJournal(options: ConnectionOptions): Connection {
  /** The end of the last complete line in bytes, and the number of lines up to there. */
  let offset = 0;
  let seq = 0;
  let hasSnapshot = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const bytes = await fetchAfter(offset);
      if (bytes === 'replaced') {
        offset = 0;
        seq = 0;
        hasSnapshot = false;
        return await read();
      }
      applyLines(bytes);
      options.onStatus('static');
    } catch {
      options.onStatus('offline', location.protocol === 'file:' ? 'open it through a web server' : undefined);
    }
    timer = setTimeout(() => document.visibilityState === 'visible' && void read(), INTERVAL);
  };

  const applyLines = (bytes: Uint8Array): void => {
    // The last line may be incomplete: it is read again next time.
    const complete = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    offset += complete.length;
    const lines = parseJournal(new TextDecoder().decode(complete));
    if (!hasSnapshot) {
      hasSnapshot = true;
      seq = lines.length;
      const entries = replay(lines);
      options.onMessage({ kind: 'snapshot', journal: JOURNAL, seq, total: entries.length, running: false, entries });
      return;
    }
    for (const event of lines) {
      seq += 1;
      if (event) options.onMessage({ kind: 'event', seq, event, cap: '' });
    }
  };

  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void read());
  options.onStatus('connecting');
  void read();
  return { send: () => {}, retry: () => void read(), useCode: () => {} };
}

/** Fetches the journal from a byte offset. Returns `replaced` if the journal has become shorter. */
async function fetchAfter(offset: number): Promise<Uint8Array | 'replaced'> {
  const headers: HeadersInit = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const response = await fetch(JOURNAL, { headers, cache: offset > 0 ? 'no-store' : 'no-cache' });
  if (response.status === 416) {
    const size = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
    return size !== undefined && Number(size) < offset ? 'replaced' : new Uint8Array();
  }
  if (!response.ok) throw new Error(`${JOURNAL}: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status === 206) return bytes;
  return bytes.length < offset ? 'replaced' : bytes.subarray(offset);
}

/** Parses a journal, one event a line. A line without an event gives undefined, since sequence numbers count lines. */
export function parseJournal(text: string): (ScrollEvent | undefined)[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((text) => {
    const line = parseJournalLine(text);
    return line.kind === 'event' ? line.event : undefined;
  });
}

/** Applies events in order. Returns the entries, ascending by number. */
export function replay(events: readonly (ScrollEvent | undefined)[]): FeedEntry[] {
  const entries = new Map<number, FeedEntry>();
  for (const event of events) {
    if (!event) continue;
    const deleted = event.event === 'deleted' ? deletedEntry(event) : undefined;
    const entry = reduceEntry(entries.get(event.n), event) ?? deleted;
    if (entry) entries.set(entry.n, { ...entry, cap: '' });
  }
  return [...entries.values()].sort((a, b) => a.n - b.n);
}
