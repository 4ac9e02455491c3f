import { WpError } from '../../shared/errors.ts';

/** The limits for a slow peer in the middle of a record. */
export interface ReadLimits {
  /** The longest time without a byte, milliseconds. */
  readonly maxSilence: number;
  /** The lowest rate of a body, bytes per second, measured once at least `silence` was spent waiting. */
  readonly minRate: number;
}

/** Reads lines and numbers of bytes from a stream of chunks. Buffers at most one chunk and one line. */
export class ByteReader {
  #chunks: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;
  #limits: ReadLimits | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>, limits?: ReadLimits) {
    this.#chunks = bytes[Symbol.asyncIterator]();
    this.#limits = limits;
  }

  async #next(inRecord: boolean): Promise<IteratorResult<Uint8Array>> {
    const next = this.#chunks.next();
    if (!inRecord || !this.#limits) return next;
    const { maxSilence } = this.#limits;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(tooSlow(`no byte arrived for ${maxSilence / 1000} s`)), maxSilence);
    });
    // After a timeout, an error of the stream must not become an unhandled rejection.
    next.catch(() => {});
    return Promise.race([next, timeout]).finally(() => clearTimeout(timer));
  }

  /** Reads another chunk into the buffer. Returns false at the end. @param inRecord whether a record is incomplete */
  async #fill(inRecord: boolean): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#next(inRecord);
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : concat(this.#buffer, next.value);
    return true;
  }

  /** The next byte, which stays in the buffer; undefined at the end. */
  async peek(): Promise<number | undefined> {
    while (this.#buffer.length === 0) if (!(await this.#fill(false))) return undefined;
    return this.#buffer[0];
  }

  /**
   * Reads the next line and returns it without its newline; undefined at the end. The last line may lack a newline.
   * @throws WpError if the line is longer than `max` bytes
   */
  async line(max: number): Promise<Uint8Array | undefined> {
    let from = 0;
    for (;;) {
      const at = this.#buffer.indexOf(10, from);
      if (at > max || (at < 0 && this.#buffer.length > max)) {
        throw new WpError('record', `a line is longer than ${max} bytes`, 'send contents after a record with "length"');
      }
      if (at >= 0) {
        const line = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + 1);
        return line;
      }
      from = this.#buffer.length;
      if (!(await this.#fill(from > 0))) {
        const rest = this.#buffer;
        this.#buffer = new Uint8Array(0);
        return rest.length > 0 ? rest : undefined;
      }
    }
  }

  /**
   * Reads the next `length` bytes, in chunks as they arrive.
   * @throws WpError if the stream ends before, or is too slow
   */
  async *bytes(length: number): AsyncGenerator<Uint8Array> {
    let remaining = length;
    // Counts only the time spent waiting for the peer, because the consumer may be slow too.
    let waited = 0;
    const fill = async () => {
      const startedAt = performance.now();
      const hasMore = await this.#fill(true);
      waited += performance.now() - startedAt;
      const { maxSilence = 0, minRate = 0 } = this.#limits ?? {};
      if (minRate > 0 && waited > maxSilence && (length - remaining) * 1000 < minRate * waited)
        throw tooSlow(`the rate was below ${minRate} bytes per second`);
      return hasMore;
    };
    while (remaining > 0) {
      if (this.#buffer.length === 0 && !(await fill())) {
        throw new WpError(
          'record',
          `the stream ended ${remaining} bytes before the end of a body of ${length}`,
          'send it again',
        );
      }
      const chunk = this.#buffer.subarray(0, remaining);
      this.#buffer = this.#buffer.subarray(chunk.length);
      remaining -= chunk.length;
      if (chunk.length > 0) yield chunk;
    }
  }
}

function tooSlow(how: string): WpError {
  return new WpError('record', `in the middle of a record, ${how}`, 'send it again');
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
