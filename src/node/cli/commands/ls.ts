import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../store/layout.ts';
import { dirOption } from '../options.ts';
import { clock, printable, say, size, table } from '../terminal.ts';

/** `wp ls`: the scrolls of a directory, newest first; `wp ls SCROLL`: the entries of one. */
export default function addLs(program: Command): void {
  program
    .command('ls')
    .description('list the scrolls, newest first, or the entries of one')
    .argument('[SCROLL]', 'the scroll whose entries to list')
    .addOption(dirOption())
    .option('--json', 'as JSON')
    .action(async (scroll: string | undefined, options: { dir?: string; json?: true }) => {
      const dir = webpipeDir(options.dir);
      await (scroll === undefined ? listAll(dir, options.json) : listOne(dir, scroll, options.json));
    });
}

async function listAll(dir: string, json: true | undefined): Promise<void> {
  const { listScrolls } = await import('../../store/layout.ts');
  const { readEntries } = await import('../entries.ts');
  const { runningServers } = await import('../servers.ts');
  const running = new Set((await runningServers(dir)).map((server) => server.scroll));
  const scrolls = await Promise.all(
    (await listScrolls(dir)).map(async ({ name, updated }) => ({
      name,
      entries: (await readEntries(dir, name))?.length ?? 0,
      updated: updated.toISOString(),
      running: running.has(name),
    })),
  );
  if (json) return say(JSON.stringify(scrolls, null, 2));
  if (scrolls.length === 0) return say(`no scrolls in ${printable(dir)} yet; "wp run" begins one`);
  const rows = scrolls.map(({ name, entries, updated, running }) => [
    printable(name),
    String(entries),
    clock(new Date(updated)),
    running ? 'running' : '',
  ]);
  say(table([['SCROLL', 'ENTRIES', 'LAST SHOWN', ''], ...rows]));
}

async function listOne(dir: string, scroll: string, json: true | undefined): Promise<void> {
  const { readEntries } = await import('../entries.ts');
  const entries = await readEntries(dir, scroll);
  if (!entries) throw new WpError('ls', `there is no scroll "${scroll}" in ${dir}`, 'see "wp ls"');
  if (json) return say(JSON.stringify(entries, null, 2));
  const rows = entries.map((entry) => [
    String(entry.n),
    clock(new Date(entry.time)),
    printable(entry.type),
    size(entry.bytes),
    printable(entry.title ?? entry.name) + (entry.status === 'ok' ? '' : ` (${entry.status})`),
  ]);
  if (rows.length > 0) say(table(rows));
}
