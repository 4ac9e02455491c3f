import { connect } from 'node:net';
import { WpError } from '../model/errors.ts';
import { type Connection, connectionOf } from './connection.ts';
import { type Endpoint, isLoopback, nameOf } from './endpoint.ts';

/** How long a listener may take to take a connection, milliseconds. */
const CONNECT = 10_000;

/**
 * Connects to an endpoint on this machine. A unix socket that only this user can reach is trusted.
 * @throws WpError when nobody listens there, or it is not on this machine
 */
export function dial(endpoint: Exclude<Endpoint, { kind: 'stdio' }>): Promise<Connection> {
  const name = nameOf(endpoint);
  if (endpoint.kind === 'tcp' && !isLoopback(endpoint.host))
    throw new WpError(
      'connect',
      `${name} is on another machine, and the way there is open to others`,
      'use "wp tunnel"',
    );
  return new Promise((settle, fail) => {
    const target = endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
    const socket = connect({ ...target, allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), CONNECT);
    socket.once('connect', () => {
      clearTimeout(timer);
      settle(connectionOf(socket, endpoint.kind === 'unix'));
    });
    socket.once('error', (cause) => {
      clearTimeout(timer);
      fail(new WpError('connect', `${name}: ${reasonOf(cause)}`, 'look whether the other stage runs', { cause }));
    });
  });
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody listens there',
    ENOENT: 'there is no such socket',
    EACCES: 'this user may not connect there',
  };
  return reasons[code] ?? error.message;
}
