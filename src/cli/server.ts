import { fstatSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decode, encode } from '../codec/ndjson.ts';
import { hasCode, messageOf, WpError } from '../model/errors.ts';
import type { Message, StageContext } from '../model/message.ts';
import { Inlet } from '../pipeline/inlet.ts';
import { layout, webpipeDir, writeWhole } from '../scroll/layout.ts';
import { type Key, readKey } from '../server/key.ts';
import { FILES_PURPOSE } from '../server/login.ts';
import type { Listener } from '../transport/connection.ts';
import { holderOf } from '../transport/holder.ts';
import { listenTcp, listenUnix, MAX_SOCKET_PATH } from '../transport/listen.ts';
import { complain } from './terminal.ts';

/** How long what is on its way may take when a server is told to end, milliseconds; the rest waits in the spool. */
const GRACE = 3000;

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

  /** Whether this token opens the listeners of this directory. */
  readonly authorize = (token: string): boolean => this.key.verify(FILES_PURPOSE, token);

  context(spool: string): StageContext {
    return { dir: this.dir, spool, signal: this.signal, warn: (line) => complain(line) };
  }

  /** Closed, last first, when the end comes. */
  onEnd(part: { close(): Promise<void> }): void {
    this.#listeners.unshift(part);
  }

  /**
   * Takes messages on a loopback port, and on the private socket beside it.
   * @returns the port
   * @throws WpError that says who has the port
   */
  async listen(port: number, option: string): Promise<number> {
    const handler = this.inlet.handler(this.authorize);
    const tcp = await taken(port, option, () => listenTcp('127.0.0.1', port, handler));
    this.onEnd(tcp);
    const path = join(layout.run(this.dir), `${tcp.port}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) this.onEnd(await listenUnix(path, handler));
    return tcp.port;
  }

  /** Takes messages on an endpoint as people write it: a port, or `unix:PATH`. */
  async listenAt(endpoint: string): Promise<number | undefined> {
    const path = /^unix:(.+)$/.exec(endpoint)?.[1];
    if (path) {
      const listener: Listener = await listenUnix(resolve(path), this.inlet.handler(this.authorize));
      this.onEnd(listener);
      return undefined;
    }
    const port = Number(endpoint);
    if (!/^\d+$/.test(endpoint) || port > 65535)
      throw new WpError('listen', `"${endpoint}" is not an endpoint`, 'give a port or unix:PATH', { exitCode: 2 });
    return this.listen(port, '--listen');
  }

  /** Takes file names or records from standard input, if it is a pipe, a socket or a file. Settles when it has ended. */
  async readStdin(): Promise<void> {
    const info = fstatSync(0);
    if (!info.isFIFO() && !info.isFile() && !info.isSocket()) return;
    const messages = decode(process.stdin as AsyncIterable<Uint8Array>, {
      bare: 'relative',
      resolve: (path) => resolve(path),
    });
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

/** Writes messages to standard output as they come. Nobody answers from there, so what is written is acknowledged here. */
export async function writeStdout(messages: AsyncIterable<Message>): Promise<void> {
  let gone: Error | undefined;
  process.stdout.on('error', (error) => {
    gone = error;
  });
  for await (const message of messages) {
    for await (const bytes of encode(message)) {
      if (gone)
        throw new WpError(
          'stdout',
          `nobody reads it any more (${gone.message})`,
          'what is not taken is given again at the next start',
        );
      if (!process.stdout.write(bytes))
        await new Promise<void>((settle) => process.stdout.once('drain', settle).once('error', () => settle()));
    }
    const { record } = message;
    if (record.kind === 'entry') message.reply?.({ kind: 'ack', id: record.id });
  }
}
