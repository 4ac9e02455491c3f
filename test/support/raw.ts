/** A bare connection to a port or a unix socket: bytes there, lines back. */
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
  /** What came back, line by line, parsed. */
  answers(): Answer[];
  /** Waits for `count` answers. */
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

/** Connects. An object is sent as a record on its line. */
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

/** A connection to a socket where somebody will listen. Its file is there before anybody does. */
export function arrive(socket: string): Promise<Raw> {
  return until('a listener', () => dial(socket).catch(() => false as const));
}

let last = 0;

/** An id that these tests have not used. */
export function newId(): string {
  last += 1;
  return `${process.pid.toString(16).padStart(8, '0')}${last.toString(16).padStart(8, '0')}${Date.now().toString(16).padStart(16, '0')}`;
}
