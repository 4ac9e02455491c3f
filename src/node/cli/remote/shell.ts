import { isatty } from 'node:tty';
import { webpipeDir } from '../../directory/directory.ts';
import { SshConnection } from './connection.ts';
import { FarEnd } from './far-end.ts';
import { openNearEnd } from './near-end.ts';
import { labelOf, parseSsh } from './ssh-options.ts';

/**
 * Implements `wp ssh`: runs a shell or a command on a host, with a forwarded socket to this machine. Removes everything from
 * the host, however it ends.
 * @returns the exit status of the shell or the command
 */
export async function runSsh(args: readonly string[]): Promise<number> {
  const call = parseSsh(args, 'ssh');
  const terminated = new Promise<void>((settle) => {
    // Ctrl-C is meant for the command on the host; other signals end the connection.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle());
  });
  const nearEnd = await openNearEnd(webpipeDir(), labelOf(call.host));
  try {
    const connection = await SshConnection.open(call, nearEnd.dir);
    if (!(connection instanceof SshConnection)) return connection.code;
    try {
      const farEnd = await FarEnd.prepare(connection, nearEnd, false);
      try {
        const ended = Promise.race([connection.ended, terminated.then(() => 255)]);
        if (call.noShell) return await ended;
        const command = call.command.length > 0 ? call.command.join(' ') : undefined;
        // A shell needs a terminal; ssh allocates one by itself only if no command is given.
        const terminal = command === undefined && isatty(0) ? ['-t'] : [];
        return await Promise.race([connection.run(await farEnd.enter(command), terminal), ended]);
      } finally {
        await farEnd.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await nearEnd.close();
  }
}
