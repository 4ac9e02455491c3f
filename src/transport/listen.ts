import { lstat, stat, unlink } from 'node:fs/promises';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { hasCode } from '../model/errors.ts';
import { connectionOf, type Handler, type Listener } from './connection.ts';
import { isSameUser } from './peer.ts';

/** Connections at one time on one listener; more are closed at once. */
const MAX_CONNECTIONS = 1024;
/** Of these, such that did not prove themselves: a stranger cannot keep out the user by connecting often. */
const MAX_STRANGERS = 64;
/** How long a peer may take to say its first word, milliseconds; one that has proved itself, and a stranger. */
const FIRST_WORD = 60_000;
const STRANGER = 10_000;

/** Closes a socket that stays silent from the start. */
function expectWord(socket: Socket, trusted: boolean): void {
  const timer = setTimeout(() => socket.destroy(), trusted ? FIRST_WORD : STRANGER).unref();
  socket.once('data', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}

async function listenOn(
  start: (server: Server) => void,
  accept: (socket: Socket) => Promise<boolean>,
  handle: Handler,
): Promise<{ server: Server; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let strangers = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    void accept(socket).then(async (trusted) => {
      if (!trusted) {
        if (strangers >= MAX_STRANGERS || socket.destroyed) return socket.destroy();
        strangers += 1;
        socket.once('close', () => {
          strangers -= 1;
        });
      }
      const connection = connectionOf(socket, trusted);
      expectWord(socket, trusted);
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
  const { server, close } = await listenOn((s) => s.listen(port, host), trustedBy(trust), handle);
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return { address: `${host}:${bound}`, port: bound, close };
}

/** The longest path that a unix socket can have everywhere, bytes. */
export const MAX_SOCKET_PATH = 100;

/** Whether only this user can reach what is in a directory. */
async function isPrivate(dir: string): Promise<boolean> {
  const info = await stat(dir);
  return (info.mode & 0o077) === 0 && info.uid === process.getuid?.();
}

/**
 * Listens on a unix socket, made so that only this user may connect. Where nobody else can reach its directory either,
 * who connects has proved itself; elsewhere the system may not look at the mode of a socket. A socket file that nobody listens on any more is replaced.
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
  const { close } = await listenOn(start, async () => trusted, handle);
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
