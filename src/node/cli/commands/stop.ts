import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { hasCode, WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption, port } from '../options.ts';
import { printable, printLine } from '../terminal.ts';

/** How long a server may take to exit before this is an error, milliseconds. */
const STOP_TIMEOUT = 15_000;

/** `wp stop`: stops the servers of a directory and waits until they have exited. */
export default function addStop(program: Command): void {
  program
    .command('stop')
    .description('stop the servers of this directory')
    .addOption(dirOption())
    .option('--xrender-port <PORT>', 'stop only the server that accepts files on this port', port)
    .action(async (options: { dir?: string; xrenderPort?: number }) => {
      const { runningServers, processExists } = await import('../servers.ts');
      const dir = webpipeDir(options.dir);
      const running = await runningServers(dir);
      const servers = running.filter(
        ({ xrender }) => options.xrenderPort === undefined || xrender === options.xrenderPort,
      );
      if (servers.length === 0) printLine(`no webpipe is running for ${printable(dir)}`);
      for (const { pid, scroll } of servers) {
        terminate(pid);
        const deadline = Date.now() + STOP_TIMEOUT;
        while (processExists(pid)) {
          if (Date.now() > deadline)
            throw new WpError('stop', `process ${pid} does not exit`, `end it with "kill -9 ${pid}"`);
          await sleep(20);
        }
        printLine(
          `stopped webpipe in ${printable(dir)}${scroll ? `, scroll ${printable(scroll)}` : ''} (process ${pid})`,
        );
      }
    });
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if (hasCode(cause, 'ESRCH')) return;
    throw new WpError('stop', `process ${pid} cannot be stopped`, 'check whether it belongs to another user', {
      cause,
    });
  }
}
