/** The warm frames that wait for a page, oldest first. Pure functions return the changed pool. */
export type WarmPool = readonly WarmFrame[];

export interface WarmFrame {
  /** The name that the server gave it. */
  readonly name: string;
  /** `loading`: the empty page has not reported yet. `ready`: it can take a page. A taken frame leaves the pool. */
  readonly phase: 'loading' | 'ready';
}

/** The number of frames that wait at the same time. */
export const POOL_SIZE = 2;

/** Adds frames that begin to load, until the pool has `POOL_SIZE`. */
export function addFrames(pool: WarmPool, names: readonly string[]): WarmPool {
  const added = names.slice(0, Math.max(0, POOL_SIZE - pool.length));
  return [...pool, ...added.map((name) => ({ name, phase: 'loading' as const }))];
}

export function markReady(pool: WarmPool, name: string): WarmPool {
  return pool.map((frame) => (frame.name === name ? { name, phase: 'ready' } : frame));
}

/** Takes the oldest frame that is ready out of the pool. */
export function takeReady(pool: WarmPool): { readonly pool: WarmPool; readonly name: string | undefined } {
  const name = pool.find(({ phase }) => phase === 'ready')?.name;
  return { name, pool: pool.filter((frame) => frame.name !== name) };
}
