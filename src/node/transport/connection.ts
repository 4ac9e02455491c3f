import type { Socket } from 'node:net';

/**
 * The most bytes that may be queued for one peer. The connection of a peer with more is closed, because it does not
 * read.
 */
const MAX_QUEUED = 4 * 1024 * 1024;
/** How long (milliseconds) and how much (bytes) input is discarded after `end`. */
const LINGER_MS = 2000;
const LINGER_BYTES = 16 * 1024 * 1024;

/** A connection to one peer: it transfers bytes and does not interpret them. */
export interface Connection {
  /** The bytes that the peer sends. Ends when the peer closes its side; throws if the connection breaks. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether the peer is authenticated by its origin: a private socket, or a process of the same user. */
  readonly trusted: boolean;
  /** Call this when the peer has authenticated with a token: it lifts the limits for unknown peers. */
  markAuthenticated(): void;
  /** Queues bytes. Never waits and never throws; closes the connection if the peer does not read. */
  send(bytes: Uint8Array): void;
  /** Queues bytes and waits until the queue is below its limit. Resolves to false if the connection is closed. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Sends the queued bytes and closes the connection. Further input is discarded. */
  end(): void;
  /** Closes the connection at once. */
  destroy(): void;
}

/** Serves one connection; the connection ends when the promise resolves. Must not throw. */
export type Handler = (connection: Connection) => Promise<void>;

/** An open listener. */
export interface Listener {
  /** The address for messages: `127.0.0.1:8988` or a path. */
  readonly address: string;
  /** Closes the listener and every connection. */
  close(): Promise<void>;
}

/** Wraps a socket. @param markAuthenticated called when an unknown peer has authenticated */
export function connectionOf(socket: Socket, trusted: boolean, markAuthenticated: () => void = () => {}): Connection {
  socket.on('error', () => {});
  socket.setKeepAlive(true, 30_000);
  socket.setNoDelay(true);
  return {
    // A peer that has closed its side still receives replies.
    bytes: { [Symbol.asyncIterator]: () => socket.iterator({ destroyOnReturn: false }) },
    trusted,
    markAuthenticated: markAuthenticated,
    send(bytes) {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(bytes);
      if (socket.writableLength > MAX_QUEUED) socket.destroy();
    },
    async write(bytes) {
      if (socket.destroyed || socket.writableEnded) return false;
      if (socket.write(bytes)) return true;
      await new Promise<void>((settle) => {
        const done = () => {
          socket.off('drain', done);
          socket.off('close', done);
          settle();
        };
        socket.on('drain', done);
        socket.on('close', done);
      });
      return !socket.destroyed;
    },
    end() {
      if (socket.destroyed) return;
      socket.end();
      // Discard input for a moment: closing a socket with unread input resets the connection, and the peer would lose the
      // last replies.
      let remaining = LINGER_BYTES;
      socket.on('data', (bytes: Uint8Array) => {
        remaining -= bytes.length;
        if (remaining < 0) socket.destroy();
      });
      socket.once('end', () => socket.destroySoon());
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
      socket.resume();
    },
    destroy: () => void socket.destroy(),
  };
}
