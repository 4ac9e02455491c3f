import type { Command } from 'commander';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';
import { legacyOption } from '../options.ts';

/** `wp xrender`: reads file names and writes entries. */
export default function addXrender(program: Command): void {
  const command = program
    .command('xrender')
    .description('a filter: read file names (or records) and write rendered entries');
  filterOptions(command, 'files')
    .addOption(legacyOption())
    .action(async (options: FilterOptions & { legacy?: true }) => {
      const { localPeers } = await import('../peers.ts');
      const { Pool } = await import('../../stages/pool.ts');
      const { xrender } = await import('../../stages/xrender.ts');
      await runFilter(
        {
          name: 'xrender',
          stage: (runtime, inbox) => {
            const pool = new Pool();
            runtime.closeOnExit(pool);
            return xrender(inbox, pool);
          },
          listen: (runtime) => localPeers(runtime.dir, options),
          stdin: 'local',
          announce: (port) => ({ xrender: port }),
        },
        options,
      );
    });
}
