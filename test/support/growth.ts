/** Whether work takes time in proportion to its input: compares two sizes in one run, so no machine is too slow for it. */
import { expect } from 'vitest';

/** How much larger the large input is than the small one. Quadratic work would take 64 times as long. */
const LARGER = 8;
const ALLOWED = 4 * LARGER;
/** Below this many milliseconds a measurement is mostly noise. */
const SHORTEST_MS = 10;

/** The processor time of this process that `work` takes, in milliseconds. */
async function cpuTimeOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  return process.cpuUsage(start).user / 1000;
}

/** Fails when `work(size)` takes more than 32 times the processor time of `work(size / 8)`. */
export async function expectLinear(size: number, work: (size: number) => unknown): Promise<void> {
  const small = await cpuTimeOf(() => work(Math.ceil(size / LARGER)));
  const large = await cpuTimeOf(() => work(size));
  expect(large, `${small} ms of processor time for an eighth of the input`).toBeLessThan(
    ALLOWED * Math.max(small, SHORTEST_MS),
  );
}
