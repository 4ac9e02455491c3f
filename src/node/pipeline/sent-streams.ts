import type { WireRecord } from '../../shared/records.ts';

/**
 * The streams that an outlet has opened. One that was open when its connection broke is complete there as far as it
 * arrived, so the rest of it cannot be sent on another connection.
 */
export class SentStreams {
  /** The names of streams by id: those open on this connection, and those that broke with an earlier one. */
  #open = new Map<string, string>();
  #broken = new Map<string, string>();

  /** Notes a record that is written next. */
  written(record: WireRecord): void {
    if (typeof record.id !== 'string') return;
    const opens = (record.kind === 'file' && record.open) || (record.kind === 'entry' && record.status === 'open');
    if (opens) this.#open.set(record.id, 'name' in record ? String(record.name ?? '') : '');
    else if (record.kind !== 'more') this.#open.delete(record.id);
  }

  /** The connection has ended. */
  disconnected(): void {
    for (const [id, name] of this.#open) this.#broken.set(id, name);
    this.#open.clear();
  }

  /**
   * The name of the broken stream that a record belongs to: undefined if there is none, empty if it was reported. A
   * file or entry with the id of a broken stream replaces it.
   */
  brokenBy(record: WireRecord): string | undefined {
    if (typeof record.id !== 'string') return undefined;
    const name = this.#broken.get(record.id);
    if (isPiece(record)) return name;
    this.#broken.delete(record.id);
    return undefined;
  }

  /** Remembers that a broken stream has been reported. */
  reported(id: string): void {
    this.#broken.set(id, '');
  }
}

/** Whether a record continues a stream. */
export function isPiece({ kind }: WireRecord): boolean {
  return kind === 'more' || kind === 'end';
}
