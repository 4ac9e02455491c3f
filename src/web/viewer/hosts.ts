/** How long we wait to hear whether such names lead here, milliseconds: it is this machine that answers. */
const PATIENCE = 1000;

/**
 * What the hosts of entries end in, such as `localhost:8989`: entries have names of their own below it. Browsers give
 * a site a process, so a page that never comes to an end holds up no other. Undefined where such names do not lead to
 * this machine, as in older Safari; entries are under the viewer's own name then.
 */
export async function entryHost(): Promise<string | undefined> {
  const host = `localhost${location.port ? `:${location.port}` : ''}`;
  try {
    // Any answer will do.
    await fetch(`http://e.${host}/c/`, { mode: 'no-cors', signal: AbortSignal.timeout(PATIENCE) });
    return host;
  } catch {
    return undefined;
  }
}
