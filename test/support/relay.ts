/** A TCP relay between two stages that can count, pause and cut connections. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEachFile } from './cleanup.ts';

export interface Relay {
  readonly port: number;
  /** The number of bytes received from clients. */
  readonly taken: number;
  /** The number of connections so far. */
  readonly connections: number;
  /** Cuts all connections once, after `bytes` more bytes. */
  cutAfter(bytes: number): void;
  /** Pauses or resumes reading. */
  hold(isPaused: boolean): void;
  /** Changes the target port for new connections. */
  setTarget(port: number): void;
}

const servers = new Set<Server>();
const sockets = new Set<Socket>();
afterEachFile(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
});

/** Starts a relay to a port of this machine. */
export async function relayTo(target: number): Promise<Relay> {
  let goal = target;
  let taken = 0;
  let connections = 0;
  let cut = Number.POSITIVE_INFINITY;
  let isPaused = false;
  const inward = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    const onward = connect(goal, '127.0.0.1');
    inward.add(socket);
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => {});
    }
    const end = () => {
      inward.delete(socket);
      socket.destroy();
      onward.destroy();
    };
    socket.on('close', end);
    onward.on('close', end);
    onward.pipe(socket);
    if (isPaused) socket.pause();
    socket.on('data', (bytes) => {
      const room = cut - taken;
      taken += bytes.length;
      if (bytes.length < room) {
        if (!onward.write(bytes)) {
          socket.pause();
          onward.once('drain', () => isPaused || socket.resume());
        }
        return;
      }
      cut = Number.POSITIVE_INFINITY;
      onward.write(bytes.subarray(0, room), () => {
        for (const each of inward) each.resetAndDestroy();
        end();
      });
    });
    socket.on('end', () => onward.end());
  });
  servers.add(server);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get taken() {
      return taken;
    },
    get connections() {
      return connections;
    },
    cutAfter(bytes) {
      cut = taken + bytes;
    },
    hold(on) {
      isPaused = on;
      for (const socket of inward) on ? socket.pause() : socket.resume();
    },
    setTarget(port) {
      goal = port;
    },
  };
}
