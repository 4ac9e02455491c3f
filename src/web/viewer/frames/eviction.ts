/**
 * The numbers to evict such that at most `limit` of `used` (least recently used first) remain. Those in `near` stay,
 * even if they exceed the limit.
 */
export function leastRecent(used: readonly number[], near: ReadonlySet<number>, limit: number): number[] {
  return used.filter((n) => !near.has(n)).slice(0, Math.max(0, used.length - limit));
}
