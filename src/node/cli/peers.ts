import { WpError } from '../../shared/errors.ts';
import type { Authenticator } from '../pipeline/hello.ts';
import { Tokens } from '../server/tokens.ts';
import type { Identity } from '../transport/listen.ts';
import { readPem, readToken } from './output.ts';
import type { ListenOptions } from './server.ts';
import { printError } from './terminal.ts';

/** Authenticates with the tokens of a directory, and with the token in `file` if given. */
async function tokenAuthenticator(dir: string, file?: string): Promise<Authenticator> {
  const tokens = await Tokens.of(dir);
  const extraToken = file === undefined ? undefined : await readToken(file);
  return {
    admit: async (token) => (token === extraToken ? { valid: async () => true } : tokens.admit(token)),
    tokenOf: async (id) => (extraToken?.startsWith(`${id}.`) ? extraToken : tokens.tokenOf(id)),
  };
}

/** Which clients a listener accepts. */
interface PeersOptions {
  readonly legacy?: boolean;
  readonly maxSize?: number;
}

/**
 * The options of a listener for other machines: clients need a token. That a connection belongs to this user is not
 * sufficient, because tunnels connect as this user. With `legacy` it is sufficient, because clients of 2014 have no
 * tokens.
 */
export async function tokenPeers(dir: string, options: PeersOptions & { tokenFile?: string }): Promise<ListenOptions> {
  const { tokenFile, legacy = false, maxSize } = options;
  if (legacy) printError('recv accepts the protocol of 2014 from this user without a token (--legacy)');
  return {
    peers: {
      authenticator: await tokenAuthenticator(dir, tokenFile),
      legacy: legacy ? 'netstrings' : undefined,
      maxSize,
      foreign: true,
    },
    trust: legacy ? 'loopback' : 'nobody',
  };
}

/**
 * The options of a listener for this machine: processes of this user are accepted, and other clients need a token and
 * may only send contents.
 */
export async function localPeers(dir: string, { legacy = false, maxSize }: PeersOptions = {}): Promise<ListenOptions> {
  if (legacy) printError('xrender accepts paths in the protocol of 2014 on loopback (--legacy)');
  return {
    peers: { authenticator: await tokenAuthenticator(dir), legacy: legacy ? 'paths' : undefined, maxSize },
    trust: legacy ? 'loopback' : 'same-user',
  };
}

/** Reads the certificate and the key of the options; undefined if there are none. @throws WpError if one is missing */
export async function readIdentity(options: { tlsCert?: string; tlsKey?: string }): Promise<Identity | undefined> {
  const { tlsCert, tlsKey } = options;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new WpError('listen', '--tls-cert and --tls-key must be used together', 'set both', { exitCode: 2 });
  return { cert: await readPem(tlsCert, '--tls-cert'), key: await readPem(tlsKey, '--tls-key') };
}
