import type { Command } from 'commander';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';
import { legacyOption, maxSizeOption } from '../options.ts';

/** `wp recv`: receives contents, stores them as files, and writes a record for each. */
export default function addRecv(program: Command): void {
  const command = program
    .command('recv')
    .description('a filter: read the output of "wp send", store the files, and write their names');
  filterOptions(command, 'files')
    .addOption(maxSizeOption())
    .addOption(legacyOption())
    .action(async (options: FilterOptions & { maxSize?: number; legacy?: true }) => {
      const { recv } = await import('../../stages/recv.ts');
      const { tokenPeers } = await import('../peers.ts');
      await runFilter(
        {
          name: 'recv',
          stage: (_, inbox) => recv(inbox, options),
          listen: (runtime) => tokenPeers(runtime.dir, options),
          stdin: 'foreign',
          announce: (port) => ({ recv: port }),
        },
        options,
      );
    });
}
