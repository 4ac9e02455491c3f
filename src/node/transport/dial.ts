import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WpError } from '../../shared/errors.ts';
import { type Connection, connectionOf } from './connection.ts';
import { type Endpoint, isLoopback, nameOf } from './endpoint.ts';

/** How long connecting may take, milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/**
 * Connects to an endpoint. A listener on a unix socket is trusted. Other machines are connected to with TLS: the certificate
 * must be for the name of the host, and signed by one of `ca` (PEM) or by an authority that this system trusts.
 * @throws WpError if nothing listens there, or the certificate is not valid
 */
export function dial(endpoint: Exclude<Endpoint, { kind: 'stdio' }>, ca?: string): Promise<Connection> {
  return new Promise((settle, fail) => {
    const { socket, event } = open(endpoint, ca);
    const timer = setTimeout(() => socket.destroy(new Error('timed out')), CONNECT_TIMEOUT);
    socket.once(event, () => {
      clearTimeout(timer);
      settle(connectionOf(socket, endpoint.kind === 'unix'));
    });
    socket.once('error', (cause) => {
      clearTimeout(timer);
      const todo = 'check that the other stage is running';
      fail(new WpError('connect', `${nameOf(endpoint)}: ${reasonOf(cause)}`, todo, { cause }));
    });
  });
}

/** Starts to connect. Returns the socket and the name of its event for an established connection. */
function open(endpoint: Exclude<Endpoint, { kind: 'stdio' }>, ca?: string): { socket: Socket; event: string } {
  if (endpoint.kind === 'unix')
    return { socket: connect({ path: endpoint.path, allowHalfOpen: true }), event: 'connect' };
  const { host, port } = endpoint;
  if (isLoopback(host)) return { socket: connect({ host, port, allowHalfOpen: true }), event: 'connect' };
  const name = isIP(host) ? {} : { servername: host };
  const options = {
    host,
    port,
    minVersion: 'TLSv1.2',
    allowHalfOpen: true,
    ...name,
    ...(ca ? { ca } : {}),
  } as const;
  return { socket: connectTls(options), event: 'secureConnect' };
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOENT: 'the socket does not exist',
    EACCES: 'permission denied',
    ENOTFOUND: 'the host does not exist',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted; set --tls-ca to a file with it',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      'its certificate is not trusted; set --tls-ca to a file with the authority that signed it',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  };
  return reasons[code] ?? error.message;
}
