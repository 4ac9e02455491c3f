/**
 * Cleanup functions that support modules run after every test file. A vitest process runs many files and loads each
 * module once, so a module cannot call `afterAll` itself: `setup.ts` does it for all of them.
 */
type Cleanup = () => unknown;

const cleanups: Cleanup[] = [];

/** Registers a function to be run after every test file from now on. The one registered last runs first. */
export function afterEachFile(cleanup: Cleanup): void {
  cleanups.unshift(cleanup);
}

/** Runs all functions, even if one fails, and throws the first error. */
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
