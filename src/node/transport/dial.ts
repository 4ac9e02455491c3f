import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WpError } from '../../shared/errors.ts';
import { type Connection, connectionOf } from './connection.ts';
import { type Endpoint, isLoopback, nameOf } from './endpoint.ts';

/** How long a listener may take to take a connection, milliseconds. */
const CONNECT = 10_000;

/**
 * Connects to an endpoint. A unix socket that only this user can reach is trusted. What is on another machine is spoken to
 * by TLS: its certificate must be for that name, and signed by one of `ca` (PEM), or by somebody whom this system knows.
 * @throws WpError when nobody listens there, or it cannot prove who it is
 */
export function dial(endpoint: Exclude<Endpoint, { kind: 'stdio' }>, ca?: string): Promise<Connection> {
  return new Promise((settle, fail) => {
    const { socket, event } = open(endpoint, ca);
    const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), CONNECT);
    socket.once(event, () => {
      clearTimeout(timer);
      settle(connectionOf(socket, endpoint.kind === 'unix'));
    });
    socket.once('error', (cause) => {
      clearTimeout(timer);
      const todo = 'look whether the other stage runs';
      fail(new WpError('connect', `${nameOf(endpoint)}: ${reasonOf(cause)}`, todo, { cause }));
    });
  });
}

/** A socket that connects, and the event that says that it has. */
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
    ECONNREFUSED: 'nobody listens there',
    ENOENT: 'there is no such socket',
    EACCES: 'this user may not connect there',
    ENOTFOUND: 'there is no such host',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not known here; --tls-ca names a file with it',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not known here; --tls-ca names a file with who signed it',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  };
  return reasons[code] ?? error.message;
}
