import { fstatSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { decode } from '../codec/ndjson.ts';
import { layout, webpipeDir } from '../directory/directory.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import { Inlet, type PeerOptions } from '../pipeline/inlet.ts';
import type { StageContext } from '../pipeline/stage.ts';
import { type Key, readKey } from '../server/key.ts';
import { type Endpoint, isLoopback, parseEndpoint } from '../transport/endpoint.ts';
import { holderOf } from '../transport/holder.ts';
import { type Identity, listenTcp, listenTls, listenUnix, MAX_SOCKET_PATH, type Trust } from '../transport/listen.ts';
import { printError } from './terminal.ts';

/** How long to wait for records in progress on shutdown, milliseconds. The rest stays in the spool. */
const SHUTDOWN_TIMEOUT = 3000;

type TcpEndpoint = Extract<Endpoint, { kind: 'tcp' }>;

/** The options of a listener: where its input goes and which peers it accepts. */
export interface ListenOptions {
  /** The inlet for its input (default: the one of this process). */
  readonly inlet?: Inlet;
  readonly peers?: PeerOptions;
  readonly trust?: Trust;
  /** The certificate to listen to other machines with. */
  readonly tls?: Identity | undefined;
}

/** What a process that runs stages needs: the directory, the input, the listeners, and shutdown. */
export class StageRuntime {
  readonly dir: string;
  readonly key: Key;
  readonly started = new Date().toISOString();
  readonly inlet = new Inlet();
  readonly signal: AbortSignal;
  #controller = new AbortController();
  #resources: { close(): Promise<void> }[] = [];
  #info: string | undefined;
  /** Resolves at the first signal to terminate. Registered at once, because a signal may arrive during startup. */
  #terminated = new Promise<void>((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle());
  });

  private constructor(dir: string, key: Key) {
    this.dir = dir;
    this.key = key;
    this.signal = this.#controller.signal;
  }

  /** @param dirOption the value of `--dir`, if given */
  static async begin(dirOption: string | undefined): Promise<StageRuntime> {
    const dir = webpipeDir(dirOption);
    return new StageRuntime(dir, await readKey(dir));
  }

  /** The context for the stages of this process. */
  get context(): StageContext {
    return { dir: this.dir, signal: this.signal, warn: (line) => printError(line) };
  }

  /** Registers a resource to close on shutdown, in reverse order of registration. */
  closeOnExit(resource: { close(): Promise<void> }): void {
    this.#resources.unshift(resource);
  }

  /**
   * Listens on a loopback port and on the private socket `run/<port>.sock`.
   * @param option the option that sets the port, for error messages
   * @returns the port
   * @throws WpError if the port is in use; the message names the process
   */
  async listen(port: number, option: string, options: ListenOptions = {}): Promise<number> {
    const { inlet = this.inlet, peers, trust } = options;
    const handler = inlet.handler(peers);
    const tcp = await withPortErrors(port, option, () => listenTcp('127.0.0.1', port, handler, trust));
    this.closeOnExit(tcp);
    const path = join(layout.run(this.dir), `${tcp.port}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) this.closeOnExit(await listenUnix(path, handler));
    return tcp.port;
  }

  /**
   * Listens on the endpoint of `--listen`.
   * @returns the port if the endpoint is a port on loopback
   */
  async listenAt(text: string, options: ListenOptions = {}): Promise<number | undefined> {
    const endpoint = parseEndpoint(text, '--listen');
    // `-` is standard input, which `readStdin` reads.
    if (endpoint.kind === 'stdio') return undefined;
    if (endpoint.kind === 'tcp') {
      if (!isLoopback(endpoint.host)) return this.#listenTls(text, endpoint, options);
      return this.listen(endpoint.port, '--listen', options);
    }
    if (Buffer.byteLength(endpoint.path) > MAX_SOCKET_PATH)
      throw new WpError('listen', `${endpoint.path} is too long for a socket`, `use at most ${MAX_SOCKET_PATH} bytes`);
    const { inlet = this.inlet, peers } = options;
    this.closeOnExit(await withSocketErrors(endpoint.path, () => listenUnix(endpoint.path, inlet.handler(peers))));
    return undefined;
  }

  /** Listens to other machines, with TLS; clients need a token. */
  async #listenTls(text: string, { host, port }: TcpEndpoint, options: ListenOptions): Promise<undefined> {
    const { inlet = this.inlet, peers, tls } = options;
    if (!tls)
      throw new WpError(
        'listen',
        `${text} would be open to other machines`,
        'forward it through ssh ("wp ssh", "wp tunnel"), or use "wp recv" with --tls-cert and --tls-key',
        { exitCode: 2 },
      );
    this.closeOnExit(await withPortErrors(port, '--listen', () => listenTls(host, port, tls, inlet.handler(peers))));
  }

  /**
   * Reads records from standard input, if it is a pipe, a socket or a file. Resolves at its end.
   * @param peer who writes it. `local`: a process of this user, whose lines may be paths; `foreign`: anybody
   */
  async readStdin(peer: 'local' | 'foreign' = 'local'): Promise<void> {
    const info = fstatSync(0);
    if (!info.isFIFO() && !info.isFile() && !info.isSocket()) return;
    const envelopes = decode(process.stdin as AsyncIterable<Uint8Array>, {
      bare: peer === 'local' ? 'relative' : 'none',
      peer,
      resolve: (path) => resolve(path),
    });
    // An open standard input must not prevent shutdown.
    this.signal.addEventListener('abort', () => process.stdin.destroy());
    try {
      await this.inlet.add(envelopes);
    } catch (error) {
      if (this.signal.aborted) return;
      printError(`standard input: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }

  /** Writes `run/<port>.info`, from which other commands find this server. */
  async announce(port: number, fields: Readonly<Record<string, string | number | undefined>>): Promise<void> {
    this.#info = join(layout.run(this.dir), `${port}.info`);
    const lines = Object.entries({ pid: process.pid, ...fields, started: this.started, dir: this.dir });
    const text = lines
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${String(value).replace(/\n/g, ' ')}\n`);
    await writeFileAtomic(this.#info, text.join(''));
  }

  /**
   * Runs until `work` resolves or a signal arrives. Then it closes the input, waits up to SHUTDOWN_TIMEOUT for records
   * in progress, and closes everything.
   */
  async runUntilDone(work: Promise<void>): Promise<void> {
    try {
      await Promise.race([work, this.#terminated]);
      this.inlet.close();
      await Promise.race([work, new Promise((settle) => setTimeout(settle, SHUTDOWN_TIMEOUT).unref())]);
    } finally {
      await this.close();
    }
  }

  /** Closes everything at once. Records in progress stay in the spool for the next start. */
  async close(): Promise<void> {
    this.#controller.abort();
    if (this.#info) await unlink(this.#info).catch(() => {});
    for (const resource of this.#resources.splice(0))
      await resource.close().catch((error: unknown) => printError(messageOf(error)));
  }
}

/** Calls `listen` and converts the system's errors to a WpError. If the port is in use, the message names the process. */
export async function withPortErrors<T>(port: number, option: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    if (hasCode(cause, 'EACCES'))
      throw new WpError('listen', `this user may not listen on port ${port}`, `choose one above 1023 with ${option}`, {
        cause,
      });
    if (!hasCode(cause, 'EADDRINUSE')) throw cause;
    const holder = await holderOf(port);
    const holderName = holder ? `process ${holder.pid} (${holder.name})` : 'another program';
    throw new WpError(
      'listen',
      `port ${port} is in use by ${holderName}`,
      `stop it, or choose another port with ${option}`,
      {
        cause,
      },
    );
  }
}

/** Calls `listen` and converts the system's errors for a unix socket to a WpError. */
async function withSocketErrors<T>(path: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    const what = hasCode(cause, 'EADDRINUSE')
      ? 'it is in use, or is not a socket'
      : hasCode(cause, 'ENOENT', 'ENOTDIR')
        ? 'its directory does not exist'
        : messageOf(cause);
    throw new WpError('listen', `${path}: ${what}`, 'choose another path', { cause });
  }
}
