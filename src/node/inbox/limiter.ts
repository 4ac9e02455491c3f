/** Lets a limited number of tasks run at a time; the others wait in the order in which they came. */
export class Limiter {
  #free: number;
  #waiting: (() => void)[] = [];

  /** @param width how many tasks run at a time */
  constructor(width: number) {
    this.#free = width;
  }

  /** Runs a task in its turn. Resolves and rejects as the task does. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The place passes to the next task directly, so that one which arrives now does not overtake it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
