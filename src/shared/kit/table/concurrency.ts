/** Does something with each of some things, so many at a time, begun in their order. Ends with the first that fails. */
export async function forEachConcurrently<T>(
  things: readonly T[],
  lanes: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  // Unlike an array's own iterator, a generator ends for all lanes when one of them fails.
  const left = (function* () {
    yield* things;
  })();
  const lane = async (): Promise<void> => {
    for (const thing of left) await work(thing);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, things.length) }, lane));
}

/** Does what it is given one after another, also after one that failed. */
export function serialQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
}
