import { fstatSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import type { StageContext } from '../../shared/message.ts';
import { decode } from '../codec/ndjson.ts';
import { Inlet, type PeerOptions } from '../pipeline/inlet.ts';
import { type Key, readKey } from '../server/key.ts';
import { layout, webpipeDir, writeWhole } from '../store/layout.ts';
import { type Endpoint, isLoopback, parseEndpoint } from '../transport/endpoint.ts';
import { holderOf } from '../transport/holder.ts';
import { type Identity, listenTcp, listenTls, listenUnix, MAX_SOCKET_PATH, type Trust } from '../transport/listen.ts';
import { complain } from './terminal.ts';

/** How long what is on its way may take when a server is told to end, milliseconds; the rest waits in the spool. */
const GRACE = 3000;

type TcpEndpoint = Extract<Endpoint, { kind: 'tcp' }>;

/** What comes in by a listener: where it goes, and from whom it is taken. */
export interface ListenOptions {
  /** Where its messages go; the one of this process if nothing is said. */
  readonly inlet?: Inlet;
  readonly peers?: PeerOptions;
  readonly trust?: Trust;
  /** What this is known by to other machines, where it listens to them directly. */
  readonly tls?: Identity | undefined;
}

/** What the commands that run stages have in common: a directory, an input, listeners, an end. */
export class Running {
  readonly dir: string;
  readonly key: Key;
  readonly started = new Date().toISOString();
  readonly inlet = new Inlet();
  readonly signal: AbortSignal;
  #controller = new AbortController();
  #listeners: { close(): Promise<void> }[] = [];
  #info: string | undefined;
  /** Settles when a signal says that this is to end. Heard from the start: whoever sees the link may say so at once. */
  #told = new Promise<void>((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle());
  });

  private constructor(dir: string, key: Key) {
    this.dir = dir;
    this.key = key;
    this.signal = this.#controller.signal;
  }

  /** @param asked the value of `--dir`, if there is one */
  static async begin(asked: string | undefined): Promise<Running> {
    const dir = webpipeDir(asked);
    return new Running(dir, await readKey(dir));
  }

  context(spool: string): StageContext {
    return { dir: this.dir, spool, signal: this.signal, warn: (line) => complain(line) };
  }

  /** Closed, last first, when the end comes. */
  onEnd(part: { close(): Promise<void> }): void {
    this.#listeners.unshift(part);
  }

  /**
   * Takes messages on a loopback port, and on the private socket beside it.
   * @param option what people say to have another port
   * @returns the port
   * @throws WpError that says who has the port
   */
  async listen(port: number, option: string, options: ListenOptions = {}): Promise<number> {
    const { inlet = this.inlet, peers, trust } = options;
    const handler = inlet.handler(peers);
    const tcp = await taken(port, option, () => listenTcp('127.0.0.1', port, handler, trust));
    this.onEnd(tcp);
    const path = join(layout.run(this.dir), `${tcp.port}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) this.onEnd(await listenUnix(path, handler));
    return tcp.port;
  }

  /**
   * Takes messages at an endpoint as people write it.
   * @returns the port, where it is one on loopback
   */
  async listenAt(text: string, options: ListenOptions = {}): Promise<number | undefined> {
    const endpoint = parseEndpoint(text, '--listen');
    // Standard input is read anyway.
    if (endpoint.kind === 'stdio') return undefined;
    if (endpoint.kind === 'tcp') {
      if (!isLoopback(endpoint.host)) return this.#listenWide(text, endpoint, options);
      return this.listen(endpoint.port, '--listen', options);
    }
    if (Buffer.byteLength(endpoint.path) > MAX_SOCKET_PATH)
      throw new WpError('listen', `${endpoint.path} is too long for a socket`, `${MAX_SOCKET_PATH} bytes are possible`);
    const { inlet = this.inlet, peers } = options;
    this.onEnd(await socketTaken(endpoint.path, () => listenUnix(endpoint.path, inlet.handler(peers))));
    return undefined;
  }

  /** Takes messages from other machines directly: by TLS, and from who has a token. */
  async #listenWide(text: string, { host, port }: TcpEndpoint, options: ListenOptions): Promise<undefined> {
    const { inlet = this.inlet, peers, tls } = options;
    if (!tls)
      throw new WpError(
        'listen',
        `${text} would be open to other machines`,
        'lead there by ssh ("wp ssh", "wp tunnel"), or let "wp recv" listen there with --tls-cert and --tls-key',
        { exitCode: 2 },
      );
    this.onEnd(await taken(port, '--listen', () => listenTls(host, port, tls, inlet.handler(peers))));
  }

  /**
   * Takes messages from standard input, if it is a pipe, a socket or a file. Settles when it has ended.
   * @param bare what a line that is no record is
   */
  async readStdin(bare: 'relative' | 'none' = 'relative'): Promise<void> {
    const info = fstatSync(0);
    if (!info.isFIFO() && !info.isFile() && !info.isSocket()) return;
    const messages = decode(process.stdin as AsyncIterable<Uint8Array>, { bare, resolve: (path) => resolve(path) });
    // An input that stays open must not keep us from ending.
    this.signal.addEventListener('abort', () => process.stdin.destroy());
    try {
      await this.inlet.add(messages);
    } catch (error) {
      if (this.signal.aborted) return;
      complain(`standard input: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  /** Says to other commands that this runs: `run/<port>.info`. */
  async announce(port: number, fields: Readonly<Record<string, string | number | undefined>>): Promise<void> {
    this.#info = join(layout.run(this.dir), `${port}.info`);
    const lines = Object.entries({ pid: process.pid, ...fields, started: this.started, dir: this.dir });
    const text = lines
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${String(value).replace(/\n/g, ' ')}\n`);
    await writeWhole(this.#info, text.join(''));
  }

  /**
   * Runs until `work` has ended or a signal comes. Then nothing more is taken, what is on its way is finished, and
   * everything is closed.
   */
  async until(work: Promise<void>): Promise<void> {
    try {
      await Promise.race([work, this.#told]);
      this.inlet.close();
      await Promise.race([work, new Promise((settle) => setTimeout(settle, GRACE).unref())]);
    } finally {
      await this.close();
    }
  }

  /** Ends everything. What is on its way stays in the spool, for the next start. */
  async close(): Promise<void> {
    this.#controller.abort();
    if (this.#info) await unlink(this.#info).catch(() => {});
    for (const part of this.#listeners.splice(0))
      await part.close().catch((error: unknown) => complain(messageOf(error)));
  }
}

/** Tries to listen; a taken port is told with who has it. */
export async function taken<T>(port: number, option: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    if (hasCode(cause, 'EACCES'))
      throw new WpError('listen', `port ${port} may not be used by this user`, `choose one above 1023 with ${option}`, {
        cause,
      });
    if (!hasCode(cause, 'EADDRINUSE')) throw cause;
    const holder = await holderOf(port);
    const who = holder ? `process ${holder.pid} (${holder.name})` : 'another program';
    throw new WpError('listen', `port ${port} is held by ${who}`, `end it, or choose another port with ${option}`, {
      cause,
    });
  }
}

/** The same for a unix socket. */
async function socketTaken<T>(path: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    const what = hasCode(cause, 'EADDRINUSE')
      ? 'somebody listens there, or it is no socket'
      : hasCode(cause, 'ENOENT', 'ENOTDIR')
        ? 'there is no such directory'
        : messageOf(cause);
    throw new WpError('listen', `${path}: ${what}`, 'choose another path', { cause });
  }
}
