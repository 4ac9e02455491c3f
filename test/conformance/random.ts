/** Random input for tests that compare a reader with an independent writer or parser. */

/** Number of documents to compare: `CONFORMANCE_COUNT`, by default 200. */
export const randomCount: number = Number(process.env.CONFORMANCE_COUNT ?? 200);

/** Seed of the documents: `CONFORMANCE_SEED`, by default a new one in each run. A failure has to name it. */
export const randomSeed: number = Number(process.env.CONFORMANCE_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A source of random choices; the same seed gives the same choices. */
export interface Random {
  /** An integer from 0 to below `limit`. */
  below(limit: number): number;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
}

/** The generator mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (values) => values[below(values.length)]! };
}
