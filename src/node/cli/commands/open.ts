import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { complain, say } from '../terminal.ts';

/** `wp open`: the viewer in a browser, logged in, perhaps at an entry. */
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
      const place = ref === undefined ? '#' : await placeOf(ref, dir);
      const url = `http://localhost:${server.http ?? 8989}/${place}login=${await mintLogin(dir, server.started)}`;
      say(url);
      if (options.print) return;
      const { openBrowser } = await import('../browser.ts');
      await openBrowser(url);
    });
}

/** Where the viewer shows an entry: the end of its address, to which `login=…` can be added. */
async function placeOf(ref: string, dir: string): Promise<string> {
  const { diskStore } = await import('../../store/disk-store.ts');
  const { runningServers } = await import('../servers.ts');
  const { findEntries } = await import('../entries.ts');
  const lookup = { store: diskStore(dir, complain), servers: await runningServers(dir), command: 'open' };
  const [found] = await findEntries([ref], lookup);
  if (!found) throw new WpError('open', `there is no entry ${ref}`, 'see "wp ls"');
  return `s/${encodeURIComponent(found.scroll)}/#${found.entry.n}&`;
}
