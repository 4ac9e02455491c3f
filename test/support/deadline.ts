/**
 * The time limits of all tests. A limit only ends a test that would hang for ever: no test may depend on how fast the
 * machine is. So limits are far above what an idle machine needs, and they grow with the slowness of the machine,
 * which is measured once when the tests start.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm test` and the first process of vitest set the variable; the processes that run tests inherit it. */
process.env.TEST_SLOWNESS ??= execFileSync(process.execPath, [
  join(import.meta.dirname, '../../scripts/calibrate.mjs'),
]).toString();
const slowness = Number(process.env.TEST_SLOWNESS);

/** A time limit in milliseconds, scaled to this machine. */
export function scaled(ms: number): number {
  return Math.round(ms * slowness);
}

/** How long a test waits for one event, in milliseconds. An earlier event ends the wait at once. */
export const WAIT_LIMIT: number = scaled(60_000);
/** How long one unit test may take. */
export const UNIT_TEST_LIMIT: number = scaled(120_000);
/**
 * How long one test of the built `wp` may take, or a hook. Longer than a single wait, because its error message is more
 * specific.
 */
export const WHOLE_TEST_LIMIT: number = scaled(300_000);
