/** The bytes after a record. Read once; what is not read is passed over when it is given up. */
export class Body implements AsyncIterable<Uint8Array> {
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
        // Given up half way: the rest must leave the stream before the next record can.
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
