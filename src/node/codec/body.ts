/**
 * The body of a record, which can be iterated once. If the iteration is abandoned, the rest is read and discarded,
 * because the next record follows it in the stream.
 */
export class Body implements AsyncIterable<Uint8Array> {
  /** Resolves when the body has been read or discarded; rejects if the stream fails. */
  readonly done: Promise<void>;
  #bytes: AsyncGenerator<Uint8Array>;
  #settle!: () => void;
  #fail!: (error: unknown) => void;

  constructor(bytes: AsyncGenerator<Uint8Array>) {
    this.#bytes = bytes;
    this.done = new Promise((settle, fail) => {
      this.#settle = settle;
      this.#fail = fail;
    });
    this.done.catch(() => {});
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      try {
        while (true) {
          const next = await this.#bytes.next();
          if (next.done) break;
          yield next.value;
        }
      } finally {
        // If the iteration was abandoned, discard the rest.
        while (!(await this.#bytes.next()).done);
      }
      this.#settle();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#settle();
    }
  }
}
