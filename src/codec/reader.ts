import { WpError } from '../model/errors.ts';

/** Takes lines and counted bytes out of a stream of chunks. Holds no more than one chunk and one line. */
export class ByteReader {
  #chunks: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : concat(this.#buffer, next.value);
    return true;
  }

  /** The first byte that has not been taken, or undefined at the end. */
  async peek(): Promise<number | undefined> {
    while (this.#buffer.length === 0) if (!(await this.#more())) return undefined;
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
      if (!(await this.#more())) {
        const rest = this.#buffer;
        this.#buffer = new Uint8Array(0);
        return rest.length > 0 ? rest : undefined;
      }
    }
  }

  /**
   * The next `length` bytes in pieces as they come.
   * @throws WpError when the stream ends before
   */
  async *bytes(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0) {
      if (this.#buffer.length === 0 && !(await this.#more())) {
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

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
