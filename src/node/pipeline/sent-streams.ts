import type { WireRecord } from '../../shared/records.ts';

/**
 * The streams that an outlet has opened. When a connection breaks, the receiver ends its open streams, so the rest of
 * such a stream cannot be sent on another connection.
 */
export class SentStreams {
  /** The names of streams by id: those open on this connection, and those that were open when an earlier one broke. */
  #open = new Map<string, string>();
  #broken = new Map<string, string>();

  /** Notes a record that is written next. */
  noteWritten(record: WireRecord): void {
    if (typeof record.id !== 'string') return;
    const opens = (record.kind === 'file' && record.open) || (record.kind === 'entry' && record.status === 'open');
    if (opens) this.#open.set(record.id, 'name' in record ? String(record.name ?? '') : '');
    else if (record.kind !== 'more') this.#open.delete(record.id);
  }

  /** The connection has ended. */
  noteDisconnect(): void {
    for (const [id, name] of this.#open) this.#broken.set(id, name);
    this.#open.clear();
  }

  /**
   * The name of the broken stream that a record belongs to: undefined if there is none, empty if it was reported. A
   * file or entry with the id of a broken stream replaces it.
   */
  brokenStreamOf(record: WireRecord): string | undefined {
    if (typeof record.id !== 'string') return undefined;
    const name = this.#broken.get(record.id);
    if (isPiece(record)) return name;
    this.#broken.delete(record.id);
    return undefined;
  }

  /** Remembers that a broken stream has been reported. */
  markReported(id: string): void {
    this.#broken.set(id, '');
  }
}

/** Whether a record continues a stream. */
export function isPiece({ kind }: WireRecord): boolean {
  return kind === 'more' || kind === 'end';
}
