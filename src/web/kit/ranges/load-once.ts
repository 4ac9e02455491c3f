/**
 * A function that loads something at most once. Calls during the load and after it has succeeded do nothing; after a
 * failure, the next call tries again.
 * @param load does the work; it may throw
 * @param onError called with the message of what it threw
 */
export function loadOnce(load: () => Promise<void>, onError: (message: string) => void): () => void {
  let state: 'idle' | 'loading' | 'loaded' = 'idle';
  return () => {
    if (state !== 'idle') return;
    state = 'loading';
    load().then(
      () => {
        state = 'loaded';
      },
      (error: unknown) => {
        state = 'idle';
        onError(error instanceof Error ? error.message : String(error));
      },
    );
  };
}
