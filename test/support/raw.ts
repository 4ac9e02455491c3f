/** A bare connection to a port or a unix socket that sends bytes and receives lines. */
import { connect, type Socket } from 'node:net';
import { afterEachFile } from './cleanup.ts';
import { until } from './wp.ts';

const sockets = new Set<Socket>();
afterEachFile(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

export interface Raw {
  readonly socket: Socket;
  send(...pieces: readonly (string | Uint8Array | object)[]): void;
  /** The received lines, parsed. */
  answers(): Answer[];
  /** Waits for `count` answers and returns them. */
  take(count: number): Promise<Answer[]>;
  /** Settles, with all answers, when the other end has closed. */
  readonly closed: Promise<Answer[]>;
}

export interface Answer {
  readonly kind: string;
  readonly id?: string;
  readonly n?: number;
  readonly url?: string;
  readonly message?: string;
}

/** Connects. Objects are sent as records, one per line. */
export async function dial(target: number | string): Promise<Raw> {
  const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
  sockets.add(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => {});
  const parsed = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Answer);
  const closed = new Promise<Answer[]>((settle) => socket.once('close', () => settle(parsed())));
  await new Promise<void>((settle, fail) => socket.once('connect', settle).once('error', fail));
  return {
    socket,
    send: (...pieces) => {
      for (const piece of pieces) {
        const plain = typeof piece === 'string' || piece instanceof Uint8Array;
        socket.write(plain ? piece : `${JSON.stringify(piece)}\n`);
      }
    },
    answers: parsed,
    take: (count) => until(`${count} answers`, () => parsed().length >= count && parsed()),
    closed,
  };
}

/** Connects to a unix socket, and retries until it has a listener. Its file exists before that. */
export function arrive(socket: string): Promise<Raw> {
  return until('a listener', () => dial(socket).catch(() => false as const));
}

let last = 0;

/** A new id for these tests. */
export function newId(): string {
  last += 1;
  return `${process.pid.toString(16).padStart(8, '0')}${last.toString(16).padStart(8, '0')}${Date.now().toString(16).padStart(16, '0')}`;
}
