import { open, stat } from 'node:fs/promises';

/** What was counted in a journal, up to an offset. */
interface Count {
  readonly ino: number;
  /** Bytes of complete lines that were counted. */
  readonly size: number;
  readonly accepted: ReadonlySet<number>;
}

/**
 * Counts the entries of journals without building their state. Only the lines that can change the count are parsed, and
 * only those that were appended since the last time.
 */
export class EntryCounts {
  #counts = new Map<string, Count>();

  /** The number of entries in the journal at `path`, without deleted ones; 0 if it cannot be read. */
  async count(path: string): Promise<number> {
    const file = await open(path, 'r').catch(() => undefined);
    if (!file) return 0;
    try {
      const { ino, size } = await file.stat();
      const known = this.#counts.get(path);
      const isSame = known?.ino === ino && known.size <= size;
      const start = isSame ? known.size : 0;
      const accepted = new Set(isSame ? known.accepted : []);
      if (start < size) {
        const bytes = Buffer.alloc(size - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        const complete = bytes.lastIndexOf(10, bytesRead - 1) + 1;
        countIn(bytes.subarray(0, complete).toString('latin1'), accepted);
        this.#counts.set(path, { ino, size: start + complete, accepted });
      }
      return accepted.size;
    } finally {
      await file.close();
    }
  }
}

/** Adds the numbers of accepted entries in these lines to `accepted`, and removes those of deleted ones. */
export function countIn(lines: string, accepted: Set<number>): void {
  // The word may also be the value of another field, and JSON may have spaces anywhere: parsing decides.
  for (const { index } of lines.matchAll(/"(?:accepted|deleted)"/g)) {
    const start = lines.lastIndexOf('\n', index) + 1;
    const line = lines.slice(start, lines.indexOf('\n', index));
    try {
      const { event, n } = JSON.parse(line) as { event?: unknown; n?: unknown };
      if (typeof n !== 'number') continue;
      if (event === 'accepted') accepted.add(n);
      else if (event === 'deleted') accepted.delete(n);
    } catch {
      // A damaged line has no entry.
    }
  }
}

/** When the file last changed; undefined if there is none. */
export async function changedAt(path: string): Promise<Date | undefined> {
  return (await stat(path).catch(() => undefined))?.mtime;
}
