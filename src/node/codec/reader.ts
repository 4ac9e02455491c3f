import { WpError } from '../../shared/errors.ts';

/** How long a peer is waited for in the middle of what it says. */
export interface Patience {
  /** The longest silence, milliseconds. */
  readonly silence: number;
  /** The least that must come of a body, bytes a second, over the time of one such silence. */
  readonly rate: number;
}

/** Takes lines and counted bytes out of a stream of chunks. Holds no more than one chunk and one line. */
export class ByteReader {
  #chunks: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;
  #patience: Patience | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>, patience?: Patience) {
    this.#chunks = bytes[Symbol.asyncIterator]();
    this.#patience = patience;
  }

  async #next(middle: boolean): Promise<IteratorResult<Uint8Array>> {
    const next = this.#chunks.next();
    if (!middle || !this.#patience) return next;
    const { silence } = this.#patience;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(tooSlow(`nothing more came for ${silence / 1000} s`)), silence);
    });
    // Whoever comes second is not heard any more.
    next.catch(() => {});
    return Promise.race([next, late]).finally(() => clearTimeout(timer));
  }

  /** @param middle something has begun that is not whole yet */
  async #more(middle: boolean): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#next(middle);
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : concat(this.#buffer, next.value);
    return true;
  }

  /** The first byte that has not been taken, or undefined at the end. */
  async peek(): Promise<number | undefined> {
    while (this.#buffer.length === 0) if (!(await this.#more(false))) return undefined;
    return this.#buffer[0];
  }

  /**
   * The next line without its newline, or undefined at the end. What stands before the end without a newline is a
   * line too.
   * @throws WpError when the line is longer than `max` bytes
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
      if (!(await this.#more(from > 0))) {
        const rest = this.#buffer;
        this.#buffer = new Uint8Array(0);
        return rest.length > 0 ? rest : undefined;
      }
    }
  }

  /**
   * The next `length` bytes in pieces as they come.
   * @throws WpError when the stream ends before, or comes too slowly
   */
  async *bytes(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    // Only the time spent waiting for the peer counts: whoever takes the pieces may be slow too.
    let waited = 0;
    const more = async () => {
      const began = performance.now();
      const came = await this.#more(true);
      waited += performance.now() - began;
      const { silence = 0, rate = 0 } = this.#patience ?? {};
      if (rate > 0 && waited > silence && (length - left) * 1000 < rate * waited)
        throw tooSlow(`it came slower than ${rate} bytes a second`);
      return came;
    };
    while (left > 0) {
      if (this.#buffer.length === 0 && !(await more())) {
        throw new WpError(
          'record',
          `the stream ended ${left} bytes before the end of a body of ${length}`,
          'send it again',
        );
      }
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
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
