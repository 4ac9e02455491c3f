import type { Socket } from 'node:net';

/** What may wait to be written to one peer, bytes; a peer that lets more pile up does not read and is closed. */
const MAX_UNREAD = 4 * 1024 * 1024;
/** How long, and how much, a peer that has been told goodbye may go on talking: else it would never hear why. */
const LINGER = 2000;
const LAST_BYTES = 16 * 1024 * 1024;

/** One peer. Bytes come, bytes go; what they mean is not known here. */
export interface Connection {
  /** What the peer sends; ends when it has said it all; throws when the connection breaks. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether the peer proved itself by where it comes from (a private socket, or the same user). */
  readonly trusted: boolean;
  /** It has proved itself by what it said: it is no stranger any more. */
  welcome(): void;
  /** Sends; never waits and never throws: a peer that does not read is closed. */
  send(bytes: Uint8Array): void;
  /** Sends and settles when there is room for more; gives false when the connection is gone. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Sends what waits and closes; what the peer still says is passed over. */
  end(): void;
  /** Breaks the connection off. */
  destroy(): void;
}

/** What a listener does for a peer; the connection ends when it settles. It must not throw. */
export type Handler = (connection: Connection) => Promise<void>;

/** A listener that can be ended. */
export interface Listener {
  /** Where it listens, for people: `127.0.0.1:8988` or a path. */
  readonly address: string;
  /** Closes the listener and every connection. */
  close(): Promise<void>;
}

/** Makes a connection of a socket. @param welcome hears that a stranger has proved itself */
export function connectionOf(socket: Socket, trusted: boolean, welcome: () => void = () => {}): Connection {
  socket.on('error', () => {});
  socket.setKeepAlive(true, 30_000);
  socket.setNoDelay(true);
  return {
    // A peer that has said all it has to say still hears the answers.
    bytes: { [Symbol.asyncIterator]: () => socket.iterator({ destroyOnReturn: false }) },
    trusted,
    welcome,
    send(bytes) {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(bytes);
      if (socket.writableLength > MAX_UNREAD) socket.destroy();
    },
    async write(bytes) {
      if (socket.destroyed || socket.writableEnded) return false;
      if (socket.write(bytes)) return true;
      await new Promise<void>((settle) => {
        const go = () => {
          socket.off('drain', go);
          socket.off('close', go);
          settle();
        };
        socket.on('drain', go);
        socket.on('close', go);
      });
      return !socket.destroyed;
    },
    end() {
      if (socket.destroyed) return;
      socket.end();
      // Closed at once, with bytes unread, the system would tell the peer nothing but that the connection broke.
      let left = LAST_BYTES;
      socket.on('data', (bytes: Uint8Array) => {
        left -= bytes.length;
        if (left < 0) socket.destroy();
      });
      socket.once('end', () => socket.destroySoon());
      setTimeout(() => socket.destroy(), LINGER).unref();
      socket.resume();
    },
    destroy: () => void socket.destroy(),
  };
}
