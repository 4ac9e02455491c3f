/** An item whose writer waits until there is space for it. */
interface WaitingItem<T> {
  readonly item: T;
  readonly settle: (isAccepted: boolean) => void;
}

/**
 * A bounded queue between one or several writers and one reader. `push` waits while the queue is full, so that writers
 * cannot outpace the reader. Items are read in the order in which `push` was called.
 */
export class Channel<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #capacity: number;
  #isClosed = false;
  #error: unknown;
  #wakeReader: (() => void) | undefined;
  #waiting: WaitingItem<T>[] = [];

  /** @param capacity the number of items that may wait for the reader */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Adds an item; resolves to true when it is in the queue, to false if the channel is closed and the item is dropped.
   */
  async push(item: T): Promise<boolean> {
    if (this.#isClosed) return false;
    if (this.#items.length >= this.#capacity || this.#waiting.length > 0)
      return new Promise((settle) => this.#waiting.push({ item, settle }));
    this.#items.push(item);
    this.#wake();
    return true;
  }

  /** Closes the channel for writers. The reader gets those in the queue and then, if given, `error`. */
  close(error?: unknown): void {
    this.#isClosed = true;
    this.#error ??= error;
    this.#wake();
    for (const { settle } of this.#waiting.splice(0)) settle(false);
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }

  /** Moves the first waiting item into the queue after the reader has taken one. */
  #admitNext(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#items.push(next.item);
    next.settle(true);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#admitNext();
          yield item;
        } else if (this.#isClosed) {
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
