/** The time to wait for an answer, milliseconds. The name resolves to this machine, so an answer takes less. */
const TIMEOUT = 1000;

/**
 * Returns the host below which entries can have hosts of their own (`e<id>.<host>`), such as `localhost:8989`. Browsers
 * give each site a process, so a page that never stops working does not block others. Undefined where names below
 * `localhost` do not resolve, as in older Safari; all entries are under the viewer's own host then.
 */
export async function findEntryHost(): Promise<string | undefined> {
  const host = `localhost${location.port ? `:${location.port}` : ''}`;
  try {
    // Any response will do.
    await fetch(`http://e.${host}/c/`, { mode: 'no-cors', signal: AbortSignal.timeout(TIMEOUT) });
    return host;
  } catch {
    return undefined;
  }
}
