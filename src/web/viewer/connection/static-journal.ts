import { reduceEntry, type ScrollEvent } from '../../../shared/events.ts';
import type { FeedEntry } from '../../../shared/feed.ts';
import type { Connection, ConnectionEvents } from './connection.ts';

const JOURNAL = 'scroll.ndjson';
const EVERY = 4000;

/** Feeds the viewer from the journal that lies beside a static copy, and looks now and then whether it has grown. */
export function readJournal(events: ConnectionEvents): Connection {
  /** Bytes of whole lines that were read, and the number of those lines. */
  let offset = 0;
  let seq = 0;
  let begun = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const text = await fetchAfter(offset);
      if (text === 'replaced') {
        offset = 0;
        seq = 0;
        begun = false;
        return await look();
      }
      take(text);
      events.onState('static');
    } catch {
      events.onState('offline', location.protocol === 'file:' ? 'open it through a web server' : undefined);
    }
    timer = setTimeout(() => document.visibilityState === 'visible' && void look(), EVERY);
  };

  const take = (bytes: Uint8Array): void => {
    // A line that is still being written is left for the next time.
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    offset += whole.length;
    const lines = parseJournal(new TextDecoder().decode(whole));
    if (!begun) {
      begun = true;
      seq = lines.length;
      const entries = replay(lines);
      events.onMessage({ kind: 'snapshot', journal: JOURNAL, seq, total: entries.length, running: false, entries });
      return;
    }
    for (const event of lines) {
      seq += 1;
      if (event) events.onMessage({ kind: 'event', seq, event, cap: '' });
    }
  };

  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void look());
  events.onState('connecting');
  void look();
  return { send: () => {}, retry: () => void look(), useCode: () => {} };
}

/** The journal's bytes from `offset` on; `replaced` if it has become shorter. */
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

/** The events of a journal, one a line; a line that is none is undefined, since it has a number all the same. */
export function parseJournal(text: string): (ScrollEvent | undefined)[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null && 'event' in value ? (value as ScrollEvent) : undefined;
    } catch {
      return undefined;
    }
  });
}

/** The entries that these events make, ascending. */
export function replay(events: readonly (ScrollEvent | undefined)[]): FeedEntry[] {
  const entries = new Map<number, FeedEntry>();
  for (const event of events) {
    const made = event && reduceEntry(entries.get(event.n), event);
    if (made) entries.set(made.n, { ...made, cap: '' });
  }
  return [...entries.values()].sort((a, b) => a.n - b.n);
}
