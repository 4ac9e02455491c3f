import type { Door } from '../pipeline/hello.ts';
import { Tokens } from '../server/tokens.ts';
import { readToken } from './output.ts';
import type { ListenOptions } from './server.ts';

/** The tokens of a directory, and the one in `file` if it is given, as what opens its listeners. */
export async function tokenDoor(dir: string, file?: string): Promise<Door> {
  const tokens = await Tokens.of(dir);
  const own = file === undefined ? undefined : await readToken(file);
  return {
    admit: async (token) => (token === own ? { valid: async () => true } : tokens.admit(token)),
    tokenOf: async (id) => (own?.startsWith(`${id}.`) ? own : tokens.tokenOf(id)),
  };
}

/**
 * Who may send to a listener that other machines reach: whoever has a token. That a connection comes from this user says
 * nothing there, since tunnels end as this user.
 */
export async function tokenPeers(dir: string, file: string | undefined): Promise<ListenOptions> {
  return { peers: { door: await tokenDoor(dir, file) }, trust: 'nobody' };
}
