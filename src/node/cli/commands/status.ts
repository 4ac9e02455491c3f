import type { Command } from 'commander';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { clock, printable, printLine } from '../terminal.ts';

/** `wp status`: prints which servers are running. */
export default function addStatus(program: Command): void {
  program
    .command('status')
    .description('print which servers are running, where, and since when (exit status 3 if none is)')
    .addOption(dirOption())
    .option('--json', 'print a list of running servers as JSON')
    .action(async (options: { dir?: string; json?: true }) => {
      const { runningServers } = await import('../servers.ts');
      const dir = webpipeDir(options.dir);
      const servers = await runningServers(dir);
      if (options.json) {
        printLine(JSON.stringify(servers, null, 2));
      } else if (servers.length === 0) {
        printLine(`no webpipe is running for ${printable(dir)}; start one with "wp run" or "wp start"`);
      }
      for (const server of options.json ? [] : servers) {
        printLine(
          `webpipe is running in ${printable(dir)} since ${clock(new Date(server.started))} (process ${server.pid})`,
        );
        if (server.scroll) printLine(`  scroll  ${printable(server.scroll)}`);
        if (server.http) printLine(`  viewer  http://localhost:${server.http}/`);
        if (server.xrender) printLine(`  files   port ${server.xrender}`);
        if (server.recv) printLine(`  recv    port ${server.recv}`);
      }
      if (servers.length === 0) process.exitCode = 3;
    });
}
