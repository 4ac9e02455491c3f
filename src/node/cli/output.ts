import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import { encode } from '../codec/ndjson.ts';
import { type Progress, sendTo } from '../pipeline/outlet.ts';
import { dial } from '../transport/dial.ts';
import { isLoopback, nameOf, parseEndpoint } from '../transport/endpoint.ts';
import { isPrivate } from '../transport/listen.ts';
import type { Running } from './server.ts';
import { complain } from './terminal.ts';

/** How long an endpoint is tried in vain when there is nothing more to come, milliseconds. */
const PATIENCE = 30_000;

export interface OutputOptions {
  /** Where to send what the stage gives; standard output if nothing is said, or `-`. */
  readonly to?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
  /** Hears of what could not be sent. */
  readonly warn: (line: string) => void;
  readonly progress?: Progress | undefined;
}

/** Sends what a stage gives to where the command line says. Settles when it has been taken there. */
export async function give(messages: AsyncIterable<Message>, running: Running, options: OutputOptions): Promise<void> {
  const endpoint = parseEndpoint(options.to ?? '-', '--to');
  if (endpoint.kind === 'stdio') return writeStdout(messages, options.progress);
  // Who listens at a socket that nobody else can reach need not prove anything, nor do we.
  const isOurs = endpoint.kind === 'unix' && (await isPrivate(dirname(resolve(endpoint.path))));
  const token = options.tokenFile === undefined || isOurs ? undefined : await readToken(options.tokenFile);
  const ca = options.tlsCa === undefined ? undefined : await readPem(options.tlsCa, '--tls-ca');
  if (endpoint.kind === 'tcp' && !isLoopback(endpoint.host) && token === undefined)
    throw new WpError(
      '--to',
      `${nameOf(endpoint)} is on another machine`,
      'give --token-file with a token that "wp token" made there',
    );
  await sendTo(messages, {
    connect: () => dial(endpoint, ca),
    name: nameOf(endpoint),
    token,
    patience: PATIENCE,
    signal: running.signal,
    warn: options.warn,
    note: complain,
    progress: options.progress,
  });
}

/** The token in a file. @throws WpError when there is none in it */
export async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const what = hasCode(cause, 'ENOENT') ? 'there is no such file' : 'it cannot be read';
    throw new WpError('--token-file', `${path}: ${what}`, '"wp token" makes a token', { cause });
  });
  const token = text.trim();
  if (!/^[0-9a-f]{8}\.[0-9a-f]{32}$/.test(token))
    throw new WpError('--token-file', `${path} holds no token`, 'put there what "wp token" prints');
  return token;
}

/** A file with certificates or a key, as PEM. @param option what it is given by @throws WpError when it is none */
export async function readPem(path: string, option: string): Promise<string> {
  const text = await readFile(path, 'latin1').catch((cause: unknown) => {
    throw new WpError(option, `${path} cannot be read: ${messageOf(cause)}`, 'look at its name and its permissions', {
      cause,
    });
  });
  if (!text.includes('-----BEGIN '))
    throw new WpError(option, `${path} is not PEM`, 'give a file that begins with -----BEGIN');
  return text;
}

/** Writes messages to standard output as they come. Nobody answers from there, so what is written is acknowledged here. */
async function writeStdout(messages: AsyncIterable<Message>, progress?: Progress): Promise<void> {
  let gone: Error | undefined;
  let wake = () => {};
  process.stdout.on('error', (error) => {
    gone = error;
    wake();
  });
  process.stdout.on('drain', () => wake());
  for await (const message of messages) {
    progress?.begin(message.record);
    let inBody = false;
    for await (const bytes of encode(message)) {
      if (gone)
        throw new WpError(
          'stdout',
          `nobody reads it any more (${gone.message})`,
          'what is not taken is given again at the next start',
        );
      if (inBody) progress?.add(bytes.length);
      inBody = true;
      if (!process.stdout.write(bytes))
        await new Promise<void>((settle) => {
          wake = settle;
        });
    }
    const { id } = message.record;
    if (typeof id === 'string') message.reply?.({ kind: 'ack', id });
  }
}
