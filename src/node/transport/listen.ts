import { lstat, stat, unlink } from 'node:fs/promises';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { hasCode } from '../../shared/errors.ts';
import { connectionOf, type Handler, type Listener } from './connection.ts';
import { isSameUser } from './peer.ts';

/** Connections at one time on one listener; more are closed at once. */
const MAX_CONNECTIONS = 1024;
/**
 * Of these, such that have not proved themselves: a stranger cannot keep out the user by connecting often. Where all come
 * as strangers, and prove themselves by a token, there are more.
 */
const MAX_STRANGERS = { 'same-user': 64, loopback: 64, nobody: 512 } as const;
/** How long a peer that has proved itself may take to say its first word, milliseconds. */
const FIRST_WORD = 60_000;
/** How long a stranger may take to prove itself, whatever it says meanwhile, milliseconds. */
const STRANGER = 10_000;

/** Closes a socket when its time is over. @returns a function that lets it live */
function limit(socket: Socket, ms: number): () => void {
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  const end = () => clearTimeout(timer);
  socket.once('close', end);
  return end;
}

/** How a listener is made, and of whom it is told. */
interface Listening {
  /** Makes the server; `take` is to be called with each peer. */
  readonly create: (take: (socket: Socket) => void) => Server;
  readonly start: (server: Server) => void;
  readonly accept: (socket: Socket) => Promise<boolean>;
  readonly maxStrangers: number;
  readonly handle: Handler;
}

const plain: Listening['create'] = (take) => createServer({ allowHalfOpen: true }, take);

async function listenOn(listening: Listening): Promise<{ server: Server; close(): Promise<void> }> {
  const { create, start, accept, maxStrangers, handle } = listening;
  const sockets = new Set<Socket>();
  let strangers = 0;
  const server = create((socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void accept(socket).then(async (trusted) => {
      const spare = limit(socket, trusted ? FIRST_WORD : STRANGER);
      let known = () => {};
      if (trusted) socket.once('data', spare);
      else {
        if (strangers >= maxStrangers || socket.destroyed) return socket.destroy();
        strangers += 1;
        let strange = true;
        known = () => {
          spare();
          if (strange) strangers -= 1;
          strange = false;
        };
        socket.once('close', known);
      }
      const connection = connectionOf(socket, trusted, known);
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
 * Which peers on loopback have proved themselves by where they come from. `same-user`: those of whom the system says that
 * they are this user. `loopback`: the same, and all where the system does not say. `nobody`: each has to bring a token.
 */
export type Trust = 'same-user' | 'loopback' | 'nobody';

/** Nobody: what comes down a tunnel comes from this user's ssh, and from anybody at its other end. */
const isNobody = async (): Promise<boolean> => false;

function trustedBy(trust: Trust): (socket: Socket) => Promise<boolean> {
  if (trust === 'nobody') return isNobody;
  return trust === 'loopback' && process.platform !== 'linux' ? async () => true : isSameUser;
}

/**
 * Listens on the loopback address `host` and `port` (0: any free one).
 * @throws the system's error, `EADDRINUSE` for a taken port
 */
export async function listenTcp(
  host: string,
  port: number,
  handle: Handler,
  trust: Trust = 'same-user',
): Promise<Listener & { port: number }> {
  return bound(host, {
    create: plain,
    start: at(port, host),
    accept: trustedBy(trust),
    maxStrangers: MAX_STRANGERS[trust],
    handle,
  });
}

/** A certificate and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/**
 * Listens on an address that other machines reach: all that is said is encrypted, and each peer has to bring a token.
 * @throws the system's error, or what is wrong with the certificate
 */
export async function listenTls(
  host: string,
  port: number,
  identity: Identity,
  handle: Handler,
): Promise<Listener & { port: number }> {
  const options = { ...identity, minVersion: 'TLSv1.2', handshakeTimeout: STRANGER, allowHalfOpen: true } as const;
  const create: Listening['create'] = (take) => {
    const server = createTlsServer(options, take);
    // A greeting that is none, from somebody who took this for something else.
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return server;
  };
  return bound(host, { create, start: at(port, host), accept: isNobody, maxStrangers: MAX_STRANGERS.nobody, handle });
}

function at(port: number, host: string): Listening['start'] {
  return (server) => server.listen(port, host);
}

async function bound(host: string, listening: Listening): Promise<Listener & { port: number }> {
  const { server, close } = await listenOn(listening);
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { address: `${host}:${port}`, port, close };
}

/** The longest path that a unix socket can have everywhere, bytes. */
export const MAX_SOCKET_PATH = 100;

/** Whether only this user can reach what is in a directory; a directory that is not there is nobody's. */
export async function isPrivate(dir: string): Promise<boolean> {
  const info = await stat(dir).catch(() => undefined);
  return info !== undefined && (info.mode & 0o077) === 0 && info.uid === process.getuid?.();
}

/**
 * Listens on a unix socket, made so that only this user may connect. Where nobody else can reach its directory either,
 * who connects has proved itself; elsewhere the system may not look at the mode of a socket. A socket file that nobody
 * listens on any more is replaced.
 * @throws the system's error, `EADDRINUSE` when somebody listens there, or the file is none of ours
 */
export async function listenUnix(path: string, handle: Handler, trust: Trust = 'same-user'): Promise<Listener> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isSocket() && !(await answers(path))) await unlink(path).catch(() => {});
  // Closed to others from its first moment, whatever the directory is like.
  const start = (server: Server) => {
    const umask = process.umask(0o177);
    server.listen(path);
    process.umask(umask);
  };
  const trusted = trust !== 'nobody' && (await isPrivate(dirname(path)));
  const { close } = await listenOn({
    create: plain,
    start,
    accept: async () => trusted,
    maxStrangers: MAX_STRANGERS[trust],
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

/** Whether somebody listens on a unix socket. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = netConnect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
