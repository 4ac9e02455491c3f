import type { Reply } from '../../shared/envelope.ts';
import { encodeRecord } from '../codec/ndjson.ts';
import type { Connection } from '../transport/connection.ts';

/** The most unanswered records of one peer. At this number, the peer is not read. */
const MAX_PENDING = 64;

/** After this many milliseconds of silence a client of 2014 has sent everything: it does not close its side. */
const LEGACY_IDLE = 500;

/** Counts the answers that one peer still waits for. */
export class PendingReplies {
  #connection: Connection;
  #count = 0;
  #wake: (() => void) | undefined;
  /** Whether the peer is a client of 2014, whose end is detected by silence. */
  #isLegacy = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Passes bytes on, and recognises a client of 2014 by its first byte, which cannot begin a record. */
  async *watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let isFirst = true;
    for await (const piece of bytes) {
      if (isFirst) this.#isLegacy = /[0-9/]/.test(String.fromCharCode(piece[0] ?? 0));
      isFirst = false;
      yield piece;
    }
  }

  /** Counts one more expected answer, and returns the function that sends it. */
  expect(): Reply {
    this.#count += 1;
    clearTimeout(this.#timer);
    let isAnswered = false;
    return (answer) => {
      if (isAnswered) return;
      isAnswered = true;
      this.#connection.send(encodeRecord(answer));
      this.#count -= 1;
      if (this.#count === 0 && this.#isLegacy)
        this.#timer = setTimeout(() => this.#connection.end(), LEGACY_IDLE).unref();
      this.#wake?.();
    };
  }

  /** Resolves when one more record may wait for its answer. */
  async hasSpace(): Promise<void> {
    await this.#below(MAX_PENDING);
  }

  /** Resolves when every record has been answered. */
  async allAnswered(): Promise<void> {
    await this.#below(1);
  }

  async #below(count: number): Promise<void> {
    while (this.#count >= count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }
}
