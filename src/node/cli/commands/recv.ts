import type { Command } from 'commander';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';
import { legacyOption, maxSizeOption } from '../options.ts';

/** `wp recv`: contents in, files on this disk and their names out. */
export default function addRecv(program: Command): void {
  const command = program
    .command('recv')
    .description('a filter: what "wp send" sends in, files on this disk and their names out');
  filterOptions(command, 'what is sent')
    .addOption(maxSizeOption())
    .addOption(legacyOption())
    .action(async (options: FilterOptions & { maxSize?: number; legacy?: true }) => {
      const { recv } = await import('../../stages/recv.ts');
      const { tokenPeers } = await import('../peers.ts');
      await runFilter(
        {
          name: 'recv',
          stage: () => recv(options),
          listen: (running) => tokenPeers(running.dir, options),
          bare: 'none',
          announce: (port) => ({ recv: port }),
        },
        options,
      );
    });
}
