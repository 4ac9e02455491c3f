/** A TCP relay between two stages that can count, pause and cutPosition connections. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEachFile } from './cleanup.ts';

export interface Relay {
  readonly port: number;
  /** The number of bytes received from clients. */
  readonly receivedBytes: number;
  /** The number of connections so far. */
  readonly connections: number;
  /** Cuts all connections once, after `bytes` more bytes. */
  cutAfter(bytes: number): void;
  /** Pauses or resumes reading. */
  setPaused(isPaused: boolean): void;
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
export async function relayTo(initialPort: number): Promise<Relay> {
  let targetPort = initialPort;
  let receivedBytes = 0;
  let connections = 0;
  let cutPosition = Number.POSITIVE_INFINITY;
  let isPaused = false;
  const clientSockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    const targetSocket = connect(targetPort, '127.0.0.1');
    clientSockets.add(socket);
    for (const end of [socket, targetSocket]) {
      sockets.add(end);
      end.on('error', () => {});
    }
    const closeBoth = () => {
      clientSockets.delete(socket);
      socket.destroy();
      targetSocket.destroy();
    };
    socket.on('close', closeBoth);
    targetSocket.on('close', closeBoth);
    targetSocket.pipe(socket);
    if (isPaused) socket.pause();
    socket.on('data', (bytes) => {
      const bytesUntilCut = cutPosition - receivedBytes;
      receivedBytes += bytes.length;
      if (bytes.length < bytesUntilCut) {
        if (!targetSocket.write(bytes)) {
          socket.pause();
          targetSocket.once('drain', () => isPaused || socket.resume());
        }
        return;
      }
      cutPosition = Number.POSITIVE_INFINITY;
      targetSocket.write(bytes.subarray(0, bytesUntilCut), () => {
        for (const client of clientSockets) client.resetAndDestroy();
        closeBoth();
      });
    });
    socket.on('end', () => targetSocket.end());
  });
  servers.add(server);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get receivedBytes() {
      return receivedBytes;
    },
    get connections() {
      return connections;
    },
    cutAfter(bytes) {
      cutPosition = receivedBytes + bytes;
    },
    setPaused(value) {
      isPaused = value;
      for (const socket of clientSockets) value ? socket.pause() : socket.resume();
    },
    setTarget(port) {
      targetPort = port;
    },
  };
}
