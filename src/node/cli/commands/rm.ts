import type { Command } from 'commander';
import { webpipeDir } from '../../directory/directory.ts';
import { ENTRY_FORMS } from '../entry-ref.ts';
import { dirOption } from '../options.ts';
import { printable, printError, printLine } from '../terminal.ts';

const NOTES = `
ENTRY is ${ENTRY_FORMS}.
A number without a scroll is of the scroll that is running, or else of the newest.
Unlike the button in the viewer, this deletes at once and cannot be undone.

Examples:
  wp rm 7                 entry 7
  wp rm 9-12 monday#3     entries 9 to 12, and entry 3 of the scroll "monday"`;

/** `wp rm ENTRY…`: deletes entries. Nothing is deleted unless all of them exist. */
export default function addRm(program: Command): void {
  program
    .command('rm')
    .description('delete entries: their pages, files, names and titles')
    .argument('<ENTRY...>', 'the entries to delete')
    .addOption(dirOption())
    .addHelpText('after', NOTES)
    .action(async (refs: string[], options: { dir?: string }) => {
      const { diskStore } = await import('../../store/disk-store.ts');
      const { runningServers } = await import('../servers.ts');
      const { findEntries } = await import('../entries.ts');
      const { deleteEntries } = await import('../delete-entries.ts');
      const dir = webpipeDir(options.dir);
      const store = diskStore(dir, printError);
      const servers = await runningServers(dir);
      const entries = await findEntries(refs, { store, servers, command: 'rm' });
      for await (const { scroll, entry } of deleteEntries(entries, { dir, store, servers }))
        printLine(`deleted ${scroll}#${entry.n} (${printable(entry.title || entry.name)})`);
    });
}
