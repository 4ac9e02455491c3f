import type { Command } from 'commander';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { clock, printable, say } from '../terminal.ts';

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
        say(JSON.stringify(servers, null, 2));
      } else if (servers.length === 0) {
        say(`no webpipe is running for ${printable(dir)}; start one with "wp run" or "wp start"`);
      }
      for (const server of options.json ? [] : servers) {
        say(`webpipe is running in ${printable(dir)} since ${clock(new Date(server.started))} (process ${server.pid})`);
        if (server.scroll) say(`  scroll  ${printable(server.scroll)}`);
        if (server.http) say(`  viewer  http://localhost:${server.http}/`);
        if (server.xrender) say(`  files   port ${server.xrender}`);
        if (server.recv) say(`  recv    port ${server.recv}`);
      }
      if (servers.length === 0) process.exitCode = 3;
    });
}
