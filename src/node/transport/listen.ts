import { lstat, stat, unlink } from 'node:fs/promises';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { hasCode } from '../../shared/errors.ts';
import { connectionOf, type Handler, type Listener } from './connection.ts';
import { isSameUser } from './peer.ts';

/** The most open connections of one listener; further ones are closed at once. */
const MAX_CONNECTIONS = 1024;
/**
 * The most open connections of unknown peers, so that they cannot exhaust the limit above. It is higher where all peers
 * are unknown until they authenticate with a token.
 */
const MAX_UNKNOWN_PEERS = { 'same-user': 64, loopback: 64, nobody: 512 } as const;
/** How long a trusted peer may take to send its first byte, milliseconds. */
const FIRST_BYTE_TIMEOUT = 60_000;
/** How long an unknown peer may take to authenticate, whatever it sends in the meantime, milliseconds. */
const AUTHENTICATION_TIMEOUT = 10_000;

/** Closes a socket after `ms` milliseconds. @returns a function that cancels the timer */
function closeAfter(socket: Socket, ms: number): () => void {
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  const cancel = () => clearTimeout(timer);
  socket.once('close', cancel);
  return cancel;
}

/** How to create a listener and how to treat its peers. */
interface ListenerSpec {
  /** Creates the server, which calls `onConnection` for each peer. */
  readonly create: (onConnection: (socket: Socket) => void) => Server;
  readonly start: (server: Server) => void;
  /** Whether a peer is trusted by its origin. */
  readonly isTrusted: (socket: Socket) => Promise<boolean>;
  readonly maxUnknownPeers: number;
  /** How long an unknown peer may take to authenticate, milliseconds. */
  readonly authenticationTimeout?: number;
  readonly handle: Handler;
}

const createPlain: ListenerSpec['create'] = (onConnection) => createServer({ allowHalfOpen: true }, onConnection);

async function listenOn(spec: ListenerSpec): Promise<{ server: Server; close(): Promise<void> }> {
  const { create, start, isTrusted, maxUnknownPeers, authenticationTimeout = AUTHENTICATION_TIMEOUT, handle } = spec;
  const sockets = new Set<Socket>();
  let unknownPeers = 0;
  const server = create((socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void isTrusted(socket).then(async (trusted) => {
      const cancelTimeout = closeAfter(socket, trusted ? FIRST_BYTE_TIMEOUT : authenticationTimeout);
      let onAuthenticated = () => {};
      if (trusted) socket.once('data', cancelTimeout);
      else {
        if (unknownPeers >= maxUnknownPeers || socket.destroyed) return socket.destroy();
        unknownPeers += 1;
        let isUnknown = true;
        onAuthenticated = () => {
          cancelTimeout();
          if (isUnknown) unknownPeers -= 1;
          isUnknown = false;
        };
        socket.once('close', onAuthenticated);
      }
      const connection = connectionOf(socket, trusted, onAuthenticated);
      await handle(connection);
      connection.end();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
    start(server);
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * Which peers on loopback are trusted by their origin. `same-user`: those that the system reports to be this user.
 * `loopback`: the same, and all peers on systems that do not report it. `nobody`: each peer needs a token.
 */
export type Trust = 'same-user' | 'loopback' | 'nobody';

/** A tunnelled connection appears to come from this user's ssh process, whoever opened it on the other machine. */
const trustNobody = async (): Promise<boolean> => false;

function trustTest(trust: Trust): (socket: Socket) => Promise<boolean> {
  if (trust === 'nobody') return trustNobody;
  return trust === 'loopback' && process.platform !== 'linux' ? async () => true : isSameUser;
}

/**
 * Listens on the loopback address `host` and `port` (0: any free one).
 * @throws the system's error, `EADDRINUSE` if the port is in use
 */
export async function listenTcp(
  host: string,
  port: number,
  handle: Handler,
  trust: Trust = 'same-user',
  authenticationTimeout: number = AUTHENTICATION_TIMEOUT,
): Promise<Listener & { port: number }> {
  return listenOnPort(host, {
    create: createPlain,
    start: startAt(port, host),
    isTrusted: trustTest(trust),
    maxUnknownPeers: MAX_UNKNOWN_PEERS[trust],
    authenticationTimeout,
    handle,
  });
}

/** A certificate and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Listens on an address that other machines can reach, with TLS. Every peer needs a token.
 * @throws the system's error, or the error in the certificate
 */
export async function listenTls(
  host: string,
  port: number,
  identity: Identity,
  handle: Handler,
): Promise<Listener & { port: number }> {
  const options = {
    ...identity,
    minVersion: 'TLSv1.2',
    handshakeTimeout: AUTHENTICATION_TIMEOUT,
    allowHalfOpen: true,
  } as const;
  const create: ListenerSpec['create'] = (onConnection) => {
    const server = createTlsServer(options, onConnection);
    // The peer does not speak TLS.
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return server;
  };
  return listenOnPort(host, {
    create,
    start: startAt(port, host),
    isTrusted: trustNobody,
    maxUnknownPeers: MAX_UNKNOWN_PEERS.nobody,
    handle,
  });
}

function startAt(port: number, host: string): ListenerSpec['start'] {
  return (server) => server.listen(port, host);
}

async function listenOnPort(host: string, spec: ListenerSpec): Promise<Listener & { port: number }> {
  const { server, close } = await listenOn(spec);
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { address: `${host}:${port}`, port, close };
}

/** The longest path of a unix socket that all systems support, bytes. */
export const MAX_SOCKET_PATH = 100;

/** Whether only this user can access the files in a directory; false if it does not exist. */
export async function isPrivate(dir: string): Promise<boolean> {
  const info = await stat(dir).catch(() => undefined);
  return info !== undefined && (info.mode & 0o077) === 0 && info.uid === process.getuid?.();
}

/**
 * Listens on a unix socket with mode 0600. Peers are trusted if its directory is private too, since some systems ignore the
 * mode of a socket. A socket file without a listener is replaced.
 * @throws the system's error, `EADDRINUSE` if the socket has a listener or the file is not a socket
 */
export async function listenUnix(path: string, handle: Handler, trust: Trust = 'same-user'): Promise<Listener> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isSocket() && !(await hasListener(path))) await unlink(path).catch(() => {});
  // The umask gives the socket its mode when it is created; a chmod afterwards would leave a moment in between.
  const start = (server: Server) => {
    const umask = process.umask(0o177);
    server.listen(path);
    process.umask(umask);
  };
  const trusted = trust !== 'nobody' && (await isPrivate(dirname(path)));
  const { close } = await listenOn({
    create: createPlain,
    start,
    isTrusted: async () => trusted,
    maxUnknownPeers: MAX_UNKNOWN_PEERS[trust],
    handle,
  });
  return {
    address: path,
    close: async () => {
      await close();
      await unlink(path).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
      });
    },
  };
}

/** Whether a process listens on a unix socket. */
function hasListener(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = netConnect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
