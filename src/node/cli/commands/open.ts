import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { printError, printLine } from '../terminal.ts';

/** `wp open [ENTRY]`: opens the viewer in a browser, logged in, at an entry if one is given. */
export default function addOpen(program: Command): void {
  program
    .command('open')
    .description('open the viewer in a browser, logged in, and print the link')
    .argument('[ENTRY]', 'the entry to open it at, such as 7 or SCROLL#7')
    .addOption(dirOption())
    .option('--print', 'only print the link, which logs in once')
    .action(async (ref: string | undefined, options: { dir?: string; print?: true }) => {
      const { requireServer } = await import('../servers.ts');
      const { mintLogin } = await import('../../server/login.ts');
      const dir = webpipeDir(options.dir);
      const server = await requireServer(dir, 'open');
      const location = ref === undefined ? '#' : await placeOf(ref, dir);
      const url = `http://localhost:${server.http ?? 8989}/${location}login=${await mintLogin(dir, server.started)}`;
      printLine(url);
      if (options.print) return;
      const { openBrowser } = await import('../browser.ts');
      await openBrowser(url);
    });
}

/** The path and fragment of the address that shows an entry. `login=…` can be appended to it. */
async function placeOf(ref: string, dir: string): Promise<string> {
  const { diskStore } = await import('../../store/disk-store.ts');
  const { runningServers } = await import('../servers.ts');
  const { findEntries } = await import('../entries.ts');
  const lookup = { store: diskStore(dir, printError), servers: await runningServers(dir), command: 'open' };
  const [found] = await findEntries([ref], lookup);
  if (!found) throw new WpError('open', `there is no entry ${ref}`, 'see "wp ls"');
  return `s/${encodeURIComponent(found.scroll)}/#${found.entry.n}&`;
}
