import type { Envelope } from '../../shared/envelope.ts';
import type { ErrorRecord, WireRecord } from '../../shared/records.ts';

/** A stream that is open on this connection. */
interface OpenStream {
  readonly name: string;
  /** Tells its sender that the rest of it is refused. */
  refuseStream: Envelope['refuseStream'];
}

/**
 * The streams that an outlet has opened. When a connection breaks, the receiver ends its open streams, so the rest of
 * such a stream cannot be sent on another connection.
 */
export class SentStreams {
  /** The streams open on this connection, by id. */
  #open = new Map<string, OpenStream>();
  /** The names of those that broke with an earlier connection, by id. */
  #broken = new Map<string, string>();
  /** Why the other end has refused the rest of a stream, by id. */
  #refusals = new Map<string, ErrorRecord>();

  /** Notes an envelope that is written next. */
  noteWritten({ record, refuseStream }: Envelope): void {
    if (typeof record.id !== 'string') return;
    const opens = (record.kind === 'file' && record.open) || (record.kind === 'entry' && record.status === 'open');
    const stream = this.#open.get(record.id);
    if (opens) this.#open.set(record.id, { name: 'name' in record ? String(record.name ?? '') : '', refuseStream });
    else if (record.kind !== 'more') this.#open.delete(record.id);
    else if (stream) stream.refuseStream = refuseStream;
  }

  /** Notes that the other end refuses the rest of a stream. @returns the stream, if it was open */
  refuse(error: ErrorRecord): OpenStream | undefined {
    const stream = this.#open.get(error.id ?? '');
    if (!stream || error.id === undefined) return undefined;
    this.#open.delete(error.id);
    this.#refusals.set(error.id, error);
    return stream;
  }

  /**
   * Why the other end has refused the stream that a record continues; undefined if it has not. A file or entry with the
   * id of a refused stream is sent.
   */
  refusalOf(record: WireRecord): ErrorRecord | undefined {
    if (typeof record.id !== 'string') return undefined;
    const refusal = this.#refusals.get(record.id);
    if (record.kind !== 'more') this.#refusals.delete(record.id);
    return isPiece(record) ? refusal : undefined;
  }

  /** The connection has ended. */
  noteDisconnect(): void {
    for (const [id, { name }] of this.#open) this.#broken.set(id, name);
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
