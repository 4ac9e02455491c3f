import type { Command } from 'commander';
import { webpipeDir } from '../../store/layout.ts';
import { dirOption } from '../options.ts';
import { say } from '../terminal.ts';

/** `wp open`: the viewer in a browser, logged in. */
export default function addOpen(program: Command): void {
  program
    .command('open')
    .description('open the viewer in a browser, logged in, and print the link')
    .addOption(dirOption())
    .option('--print', 'only print the link, which logs in once')
    .action(async (options: { dir?: string; print?: true }) => {
      const { theServer } = await import('../servers.ts');
      const { mintLogin } = await import('../../server/login.ts');
      const dir = webpipeDir(options.dir);
      const server = await theServer(dir, 'open');
      const url = `http://localhost:${server.http ?? 8989}/#login=${await mintLogin(dir, server.started)}`;
      say(url);
      if (options.print) return;
      const { openBrowser } = await import('../browser.ts');
      await openBrowser(url);
    });
}
