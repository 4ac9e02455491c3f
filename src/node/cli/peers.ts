import { WpError } from '../../shared/errors.ts';
import type { Door } from '../pipeline/hello.ts';
import { Tokens } from '../server/tokens.ts';
import type { Identity } from '../transport/listen.ts';
import { readPem, readToken } from './output.ts';
import type { ListenOptions } from './server.ts';
import { complain } from './terminal.ts';

/** The tokens of a directory, and the one in `file` if it is given, as what opens its listeners. */
async function tokenDoor(dir: string, file?: string): Promise<Door> {
  const tokens = await Tokens.of(dir);
  const own = file === undefined ? undefined : await readToken(file);
  return {
    admit: async (token) => (token === own ? { valid: async () => true } : tokens.admit(token)),
    tokenOf: async (id) => (own?.startsWith(`${id}.`) ? own : tokens.tokenOf(id)),
  };
}

/** What a command line says of those who may send. */
interface PeersOptions {
  readonly legacy?: boolean;
  readonly maxSize?: number;
}

/**
 * Who may send to a listener that other machines reach: whoever has a token. That a connection comes from this user says
 * nothing there, since tunnels end as this user; with `legacy` it is enough, for clients of 2014 know no tokens.
 */
export async function tokenPeers(dir: string, options: PeersOptions & { tokenFile?: string }): Promise<ListenOptions> {
  const { tokenFile, legacy = false, maxSize } = options;
  if (legacy) complain('recv takes what clients of 2014 send, from this user and without a token (--legacy)');
  return {
    peers: { door: await tokenDoor(dir, tokenFile), legacy: legacy ? 'netstrings' : undefined, maxSize },
    trust: legacy ? 'loopback' : 'nobody',
  };
}

/** Who may send to a listener of this machine: this user, and whoever has a token, by value. */
export async function localPeers(dir: string, { legacy = false, maxSize }: PeersOptions = {}): Promise<ListenOptions> {
  if (legacy) complain('xrender takes bare paths on loopback, as clients of 2014 send them (--legacy)');
  return {
    peers: { door: await tokenDoor(dir), legacy: legacy ? 'paths' : undefined, maxSize },
    trust: legacy ? 'loopback' : 'same-user',
  };
}

/** The certificate and key that a command line names; undefined where it names none. @throws WpError for one without the other */
export async function readIdentity(options: { tlsCert?: string; tlsKey?: string }): Promise<Identity | undefined> {
  const { tlsCert, tlsKey } = options;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new WpError('listen', '--tls-cert and --tls-key go together', 'give both', { exitCode: 2 });
  return { cert: await readPem(tlsCert, '--tls-cert'), key: await readPem(tlsKey, '--tls-key') };
}
