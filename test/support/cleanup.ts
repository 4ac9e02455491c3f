/**
 * What the support modules do at the end of every test file. A process of vitest runs many files one after the other
 * and loads each module once, so a module cannot call `afterAll` for itself: `setup.ts` does for all of them.
 */
type Cleanup = () => unknown;

const cleanups: Cleanup[] = [];

/** Registers a function to be run after every test file from now on. The one registered last runs first. */
export function afterEachFile(cleanup: Cleanup): void {
  cleanups.unshift(cleanup);
}

/** Runs all of them, also after one has failed, and throws what the first one threw. */
export async function cleanUp(): Promise<void> {
  const errors: unknown[] = [];
  for (const cleanup of cleanups) {
    try {
      await cleanup();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
