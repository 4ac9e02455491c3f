import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { hasCode, WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../store/layout.ts';
import { dirOption, port } from '../options.ts';
import { printable, say } from '../terminal.ts';

/** How long a server may take to end before somebody is told that it does not. */
const PATIENCE = 15_000;

/** `wp stop`: ends the servers of a directory and waits until they have ended. */
export default function addStop(program: Command): void {
  program
    .command('stop')
    .description('stop the webpipe that runs for this directory')
    .addOption(dirOption())
    .option('--xrender-port <PORT>', 'only the one that takes files on this port', port)
    .action(async (options: { dir?: string; xrenderPort?: number }) => {
      const { runningServers, processLives } = await import('../servers.ts');
      const dir = webpipeDir(options.dir);
      const all = await runningServers(dir);
      const servers = all.filter(({ xrender }) => options.xrenderPort === undefined || xrender === options.xrenderPort);
      if (servers.length === 0) say(`no webpipe is running for ${printable(dir)}`);
      for (const { pid, scroll } of servers) {
        terminate(pid);
        const end = Date.now() + PATIENCE;
        while (processLives(pid)) {
          if (Date.now() > end)
            throw new WpError('stop', `process ${pid} does not end`, `end it with "kill -9 ${pid}"`);
          await sleep(20);
        }
        say(
          `stopped the webpipe of ${printable(dir)}${scroll ? `, scroll ${printable(scroll)}` : ''} (process ${pid})`,
        );
      }
    });
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if (hasCode(cause, 'ESRCH')) return;
    throw new WpError('stop', `process ${pid} cannot be stopped`, 'it may belong to another user', { cause });
  }
}
