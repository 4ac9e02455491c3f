/**
 * A bounded queue between one or several writers and one reader. `push` waits while it is full, so that the reader's
 * pace is the writers'.
 */
export class Channel<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #size: number;
  #closed = false;
  #error: unknown;
  #wakeReader: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  /** @param size how many items may wait */
  constructor(size: number) {
    this.#size = size;
  }

  /** Hands over an item; settles when there was room for it. Gives false when the channel is closed: the item is gone. */
  async push(item: T): Promise<boolean> {
    while (this.#items.length >= this.#size && !this.#closed)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#closed) return false;
    this.#items.push(item);
    this.#wake();
    return true;
  }

  /** Nothing more comes; with `error`, the reader gets it after what waits. */
  close(error?: unknown): void {
    this.#closed = true;
    this.#error ??= error;
    this.#wake();
    for (const resume of this.#waiting.splice(0)) resume();
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#waiting.shift()?.();
          yield item;
        } else if (this.#closed) {
          if (this.#error !== undefined) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }
}
