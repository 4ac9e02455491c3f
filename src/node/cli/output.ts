import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Envelope } from '../../shared/envelope.ts';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { encode } from '../codec/ndjson.ts';
import { sendTo } from '../pipeline/outlet.ts';
import type { Progress } from '../pipeline/progress.ts';
import { dial } from '../transport/dial.ts';
import { isLoopback, nameOf, parseEndpoint } from '../transport/endpoint.ts';
import { isPrivate } from '../transport/listen.ts';
import type { StageRuntime } from './server.ts';
import { printError } from './terminal.ts';

/** How long to try to reach an endpoint after the input has ended, milliseconds. */
const RETRY_TIMEOUT = 30_000;

export interface OutputOptions {
  /** The endpoint to send the output to (default: `-`, standard output). */
  readonly to?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
  /** Called for each file that could not be sent. */
  readonly warn: (line: string) => void;
  readonly progress?: Progress | undefined;
}

/** Sends the output of a stage to the endpoint given with `--to`. Resolves when everything has been acknowledged. */
export async function emit(
  envelopes: AsyncIterable<Envelope>,
  runtime: StageRuntime,
  options: OutputOptions,
): Promise<void> {
  const endpoint = parseEndpoint(options.to ?? '-', '--to');
  if (endpoint.kind === 'stdio') return writeStdout(envelopes, options.progress);
  // No authentication is needed on a socket that only this user can reach.
  const isPrivateSocket = endpoint.kind === 'unix' && (await isPrivate(dirname(resolve(endpoint.path))));
  const token = options.tokenFile === undefined || isPrivateSocket ? undefined : await readToken(options.tokenFile);
  const ca = options.tlsCa === undefined ? undefined : await readPem(options.tlsCa, '--tls-ca');
  if (endpoint.kind === 'tcp' && !isLoopback(endpoint.host) && token === undefined)
    throw new WpError(
      '--to',
      `${nameOf(endpoint)} is on another machine`,
      'use --token-file with a token made by "wp token" on that machine',
    );
  await sendTo(envelopes, {
    connect: () => dial(endpoint, ca),
    name: nameOf(endpoint),
    token,
    retryTimeout: RETRY_TIMEOUT,
    signal: runtime.signal,
    warn: options.warn,
    info: printError,
    progress: options.progress,
  });
}

/** Reads a token from a file. @throws WpError if the file contains none */
export async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const what = hasCode(cause, 'ENOENT') ? 'the file does not exist' : 'it cannot be read';
    throw new WpError('--token-file', `${path}: ${what}`, '"wp token" makes a token', { cause });
  });
  const token = text.trim();
  if (!/^[0-9a-f]{8}\.[0-9a-f]{32}$/.test(token))
    throw new WpError('--token-file', `${path} contains no token`, 'write the output of "wp token" to it');
  return token;
}

/**
 * Reads a PEM file with certificates or a key.
 * @param option the option that names it, for error messages
 * @throws WpError if it cannot be read or is not PEM
 */
export async function readPem(path: string, option: string): Promise<string> {
  const text = await readFile(path, 'latin1').catch((cause: unknown) => {
    throw new WpError(option, `${path} cannot be read: ${messageOf(cause)}`, 'check its name and its permissions', {
      cause,
    });
  });
  if (!text.includes('-----BEGIN '))
    throw new WpError(option, `${path} is not PEM`, 'use a file that begins with -----BEGIN');
  return text;
}

/** Writes envelopes to standard output. A pipe carries no acknowledgements, so each record is acknowledged when written. */
async function writeStdout(envelopes: AsyncIterable<Envelope>, progress?: Progress): Promise<void> {
  let writeError: Error | undefined;
  let wake = () => {};
  process.stdout.on('error', (error) => {
    writeError = error;
    wake();
  });
  process.stdout.on('drain', () => wake());
  for await (const envelope of envelopes) {
    progress?.begin(envelope.record);
    let inBody = false;
    for await (const bytes of encode(envelope)) {
      if (writeError)
        throw new WpError(
          'stdout',
          `the reader has closed it (${writeError.message})`,
          'files that were not read are sent again at the next start',
        );
      if (inBody) progress?.add(bytes.length);
      inBody = true;
      if (!process.stdout.write(bytes))
        await new Promise<void>((settle) => {
          wake = settle;
        });
    }
    const { id } = envelope.record;
    if (typeof id === 'string') envelope.reply?.({ kind: 'ack', id });
  }
}
