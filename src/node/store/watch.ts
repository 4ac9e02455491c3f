import { open, readFile, stat } from 'node:fs/promises';
import { hasCode } from '../../shared/errors.ts';
import { journalName } from './disk.ts';
import { parseJournal } from './journal.ts';
import { layout } from './layout.ts';
import { ScrollState } from './memory.ts';
import type { ScrollReader } from './scroll.ts';

/** How often a journal that another process may write is looked at, milliseconds. */
const INTERVAL = 500;

/** A scroll that this process does not own, followed as its journal grows. */
export interface WatchedScroll extends ScrollReader {
  close(): void;
}

/**
 * Reads the scroll `name` without owning it. Gives undefined when there is none.
 * @throws WpError when its journal is spoiled
 */
export async function watchScroll(dir: string, name: string): Promise<WatchedScroll | undefined> {
  const path = layout.journal(dir, name);
  let size = 0;
  let state: ScrollState;
  try {
    const bytes = await readFile(path);
    size = bytes.lastIndexOf(10) + 1;
    state = new ScrollState(
      name,
      await journalName(path),
      parseJournal(bytes.subarray(0, size).toString('utf8'), path),
    );
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const look = async () => {
    const now = await stat(path).catch(() => undefined);
    if (!now || now.size <= size) return;
    const handle = await open(path, 'r');
    try {
      const bytes = Buffer.alloc(now.size - size);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, size);
      const whole = bytes.lastIndexOf(10, bytesRead - 1) + 1;
      size += whole;
      for (const event of parseJournal(bytes.subarray(0, whole).toString('utf8'), path)) state.tell(state.add(event));
    } finally {
      await handle.close();
    }
  };
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(
      () =>
        void look()
          .catch(() => {})
          .finally(again),
      INTERVAL,
    ).unref();
  };
  again();
  return {
    name,
    journal: state.journal,
    get seq() {
      return state.seq;
    },
    get entries() {
      return state.entries;
    },
    entry: (id) => state.entry(id),
    read: (after) => state.read(after),
    subscribe: (listener) => state.subscribe(listener),
    close: () => clearTimeout(timer),
  };
}
