/** A client that speaks the protocol directly, over a port or a unix socket. */
import { connect, type Socket } from 'node:net';
import { afterEachFile } from './cleanup.ts';
import { until } from './wp.ts';

const sockets = new Set<Socket>();
afterEachFile(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

export interface Connection {
  readonly socket: Socket;
  /** Sends bytes as they are, and objects as records, one per line. */
  send(...pieces: readonly (string | Uint8Array | object)[]): void;
  /** The received lines, answers. */
  answers(): Answer[];
  /** Waits for `count` answers and returns them. */
  waitForAnswers(count: number): Promise<Answer[]>;
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

/** Connects to a port of this machine, or to a unix socket. */
export async function dial(target: number | string): Promise<Connection> {
  const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
  sockets.add(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => {});
  const answers = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Answer);
  const closed = new Promise<Answer[]>((settle) => socket.once('close', () => settle(answers())));
  await new Promise<void>((settle, fail) => socket.once('connect', settle).once('error', fail));
  return {
    socket,
    send: (...pieces) => {
      for (const piece of pieces) {
        const isBytes = typeof piece === 'string' || piece instanceof Uint8Array;
        socket.write(isBytes ? piece : `${JSON.stringify(piece)}\n`);
      }
    },
    answers,
    waitForAnswers: (count) => until(`${count} answers`, () => answers().length >= count && answers()),
    closed,
  };
}

/** Connects to a unix socket, and retries until it has a listener. Its file exists before that. */
export function dialWhenListening(socket: string): Promise<Connection> {
  return until('a listener', () => dial(socket).catch(() => false as const));
}

let idCount = 0;

/** A new id for a file or an entry, unique in this process. */
export function newId(): string {
  idCount += 1;
  return `${process.pid.toString(16).padStart(8, '0')}${idCount.toString(16).padStart(8, '0')}${Date.now().toString(16).padStart(16, '0')}`;
}
