import { isatty } from 'node:tty';
import { webpipeDir } from '../../store/layout.ts';
import { SshConnection } from './connection.ts';
import { FarEnd } from './far-end.ts';
import { openNearEnd } from './near-end.ts';
import { labelOf, parseSsh } from './ssh-options.ts';

/**
 * Runs a shell or a command on a host, with a way back for what is shown there; gives its exit status. Whatever ends it,
 * the host is left as it was.
 */
export async function runSsh(args: readonly string[]): Promise<number> {
  const call = parseSsh(args, 'ssh');
  const told = new Promise<void>((settle) => {
    // Ctrl-C in a command is for the command; the others end all.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle());
  });
  const near = await openNearEnd(webpipeDir(), labelOf(call.host));
  try {
    const connection = await SshConnection.open(call, near.dir);
    if (!(connection instanceof SshConnection)) return connection.code;
    try {
      const far = await FarEnd.prepare(connection, near, false);
      try {
        const ended = Promise.race([connection.ended, told.then(() => 255)]);
        if (call.bare) return await ended;
        const command = call.command.length > 0 ? call.command.join(' ') : undefined;
        // A shell wants a terminal, which ssh gives by itself only where nothing is said to run.
        const terminal = command === undefined && isatty(0) ? ['-t'] : [];
        return await Promise.race([connection.run(await far.enter(command), terminal), ended]);
      } finally {
        await far.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await near.close();
  }
}
