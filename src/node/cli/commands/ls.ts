import type { Command } from 'commander';
import type { Entry } from '../../../shared/entry.ts';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import type { Store } from '../../store/store.ts';
import { dirOption } from '../options.ts';
import { clock, printable, printError, printLine, size, table } from '../terminal.ts';

/** `wp ls`: the scrolls of a directory, newest first; `wp ls SCROLL`: the entries of one; `wp ls ENTRY`: those entries. */
export default function addLs(program: Command): void {
  program
    .command('ls')
    .description('list the scrolls, newest first, or the entries of one')
    .argument('[SCROLL]', 'the scroll whose entries to list; SCROLL#7 or SCROLL#9-12 for some of them')
    .addOption(dirOption())
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, options: { dir?: string; json?: true }) => {
      const { diskStore } = await import('../../store/disk-store.ts');
      const { runningServers } = await import('../servers.ts');
      const dir = webpipeDir(options.dir);
      const store = diskStore(dir, printError);
      if (name === undefined) {
        const running = new Set((await runningServers(dir)).map((server) => server.scroll));
        return listScrolls(dir, store, running, options.json);
      }
      // The name of a scroll contains neither.
      if (!name.includes('#') && !/^https?:/.test(name))
        return listEntries(await entriesOf(dir, store, name), options.json);
      const { findEntries } = await import('../entries.ts');
      const runningOnes = await findEntries([name], { store, servers: await runningServers(dir), command: 'ls' });
      listEntries(
        runningOnes.map(({ entry }) => entry),
        options.json,
      );
    });
}

async function listScrolls(
  dir: string,
  store: Store,
  running: ReadonlySet<string>,
  json: true | undefined,
): Promise<void> {
  const scrolls = (await store.list()).map((scroll) => ({
    ...scroll,
    updated: scroll.updated.toISOString(),
    running: running.has(scroll.name),
  }));
  if (json) return printLine(JSON.stringify(scrolls, null, 2));
  if (scrolls.length === 0) return printLine(`no scrolls in ${printable(dir)} yet; "wp run" begins one`);
  const rows = scrolls.map((scroll) => [
    printable(scroll.name),
    String(scroll.entries),
    clock(new Date(scroll.updated)),
    scroll.running ? 'running' : '',
  ]);
  printLine(table([['SCROLL', 'ENTRIES', 'LAST SHOWN', ''], ...rows]));
}

/** The entries of a scroll, without deleted ones. */
async function entriesOf(dir: string, store: Store, name: string): Promise<readonly Entry[]> {
  const scroll = await store.openReader(name);
  if (!scroll) throw new WpError('ls', `there is no scroll "${name}" in ${dir}`, 'see "wp ls"');
  await scroll.close();
  return scroll.entries.filter(({ deleted }) => !deleted);
}

function listEntries(entries: readonly Entry[], json: true | undefined): void {
  if (json) return printLine(JSON.stringify(entries, null, 2));
  const rows = entries.map((entry) => [
    String(entry.n),
    clock(new Date(entry.time)),
    printable(entry.type),
    size(entry.bytes),
    printable(entry.title ?? entry.name) + (entry.status === 'ok' ? '' : ` (${entry.status})`),
  ]);
  if (rows.length > 0) printLine(table(rows));
}
