/** Lets so many works run at a time; the others wait in their order. */
export class Lane {
  #free: number;
  #waiting: (() => void)[] = [];

  /** @param width how many run at a time */
  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the next one directly: nobody who comes just now gets in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
