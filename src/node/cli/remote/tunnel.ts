import { messageOf, WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../store/layout.ts';
import { complain } from '../terminal.ts';
import { SshConnection } from './connection.ts';
import { FarEnd } from './far-end.ts';
import { openNearEnd } from './near-end.ts';
import { labelOf, parseSsh } from './ssh-options.ts';

/** The waits between two tries to connect again, milliseconds: each twice the one before, up to the longest. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** A dead connection is noticed after some 15 seconds: a laptop that comes back has another network by then. */
const ALIVE = ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'];
/** Nobody is there to be asked when it comes back by itself. */
const UNASKED = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'];

/**
 * Keeps a way open from a host to the webpipe here, for every wp-stub of the user there, until it is told to end; comes
 * back by itself when the connection breaks. Gives an exit status.
 */
export async function runTunnel(args: readonly string[]): Promise<number> {
  const call = parseSsh(args, 'tunnel');
  if (call.command.length > 0)
    throw new WpError('tunnel', 'it runs no command', 'use "wp ssh" for one', { exitCode: 2 });
  const label = labelOf(call.host);
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  const told = new Promise<void>((settle) => signal.addEventListener('abort', () => settle()));
  const near = await openNearEnd(webpipeDir(), label);
  try {
    let wait = FIRST_WAIT;
    for (let first = true; ; first = false) {
      const connection = await SshConnection.open(call, near.dir, [...ALIVE, ...(first ? [] : UNASKED)]);
      if (connection instanceof SshConnection) {
        try {
          const far = await FarEnd.prepare(connection, near, true);
          complain(`${label}: "wp-stub show FILE" there shows here; Ctrl-C ends it`);
          wait = FIRST_WAIT;
          await Promise.race([connection.ended, told]);
          await far.close();
        } catch (error) {
          if (first) throw error;
          complain(messageOf(error));
        } finally {
          await connection.close();
        }
      } else if (first) return connection.code;
      if (signal.aborted) return 0;
      complain(`${label}: the connection broke; it is tried again`);
      await Promise.race([told, new Promise((settle) => setTimeout(settle, wait).unref())]);
      if (signal.aborted) return 0;
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  } finally {
    await near.close();
  }
}
