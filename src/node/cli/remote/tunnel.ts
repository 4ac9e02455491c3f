import { messageOf, WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { printError } from '../terminal.ts';
import { SshConnection } from './connection.ts';
import { FarEnd } from './far-end.ts';
import { openNearEnd } from './near-end.ts';
import { labelOf, parseSsh } from './ssh-options.ts';

/** The delay before reconnecting, milliseconds. It doubles with each attempt, up to the maximum. */
const INITIAL_DELAY = 1000;
const MAX_DELAY = 30_000;
/** Detect a dead connection after some 15 seconds, for instance when a laptop has changed networks. */
const KEEP_ALIVE = ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'];
/** Do not ask for passwords when reconnecting. */
const BATCH_MODE = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'];

/**
 * Implements `wp tunnel`: keeps a connection open for every wp-stub of the user on a host, and reconnects when it breaks, until
 * a signal ends it.
 * @returns the exit status
 */
export async function runTunnel(args: readonly string[]): Promise<number> {
  const call = parseSsh(args, 'tunnel');
  if (call.command.length > 0)
    throw new WpError('tunnel', 'a tunnel runs no command', 'use "wp ssh" to run one', { exitCode: 2 });
  const label = labelOf(call.host);
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  const terminated = new Promise<void>((settle) => signal.addEventListener('abort', () => settle()));
  const nearEnd = await openNearEnd(webpipeDir(), label);
  try {
    let delay = INITIAL_DELAY;
    for (let first = true; ; first = false) {
      const connection = await SshConnection.open(call, nearEnd.dir, [...KEEP_ALIVE, ...(first ? [] : BATCH_MODE)]);
      if (connection instanceof SshConnection) {
        try {
          const farEnd = await FarEnd.prepare(connection, nearEnd, true);
          printError(`${label}: connected; "wp-stub show FILE" on this host shows files here; Ctrl-C ends the tunnel`);
          delay = INITIAL_DELAY;
          await Promise.race([connection.ended, terminated]);
          await farEnd.close();
        } catch (error) {
          if (first) throw error;
          printError(messageOf(error));
        } finally {
          await connection.close();
        }
      } else if (first) return connection.code;
      if (signal.aborted) return 0;
      printError(`${label}: the connection broke; reconnecting`);
      await Promise.race([terminated, new Promise((settle) => setTimeout(settle, delay).unref())]);
      if (signal.aborted) return 0;
      delay = Math.min(delay * 2, MAX_DELAY);
    }
  } finally {
    await nearEnd.close();
  }
}
