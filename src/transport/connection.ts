import type { Socket } from 'node:net';

/** What may wait to be written to one peer, bytes; a peer that lets more pile up does not read and is closed. */
const MAX_UNREAD = 4 * 1024 * 1024;
/** How long a peer may take to say its first word, milliseconds. */
const FIRST_WORD = 60_000;

/** One peer. Bytes come, bytes go; what they mean is not known here. */
export interface Connection {
  /** What the peer sends; ends when it has said it all; throws when the connection breaks. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether the peer proved itself by where it comes from (a private socket, or the same user). */
  readonly trusted: boolean;
  /** Sends; never waits and never throws: a peer that does not read is closed. */
  send(bytes: Uint8Array): void;
  /** Sends what waits and closes. */
  end(): void;
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

/** Makes a connection of a socket. It closes itself when the peer stays silent from the start. */
export function connectionOf(socket: Socket, trusted: boolean): Connection {
  socket.on('error', () => {});
  socket.setKeepAlive(true, 30_000);
  socket.setNoDelay(true);
  const timer = setTimeout(() => socket.destroy(), FIRST_WORD).unref();
  socket.once('data', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
  return {
    // A peer that has said all it has to say still hears the answers.
    bytes: { [Symbol.asyncIterator]: () => socket.iterator({ destroyOnReturn: false }) },
    trusted,
    send(bytes) {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(bytes);
      if (socket.writableLength > MAX_UNREAD) socket.destroy();
    },
    end() {
      if (!socket.destroyed) socket.end(() => socket.destroySoon());
    },
  };
}
