import type { Command } from 'commander';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';

/** `wp xrender`: file names in, entries out. */
export default function addXrender(program: Command): void {
  const command = program.command('xrender').description('a filter: file names (or records) in, rendered entries out');
  filterOptions(command, 'files').action(async (options: FilterOptions) => {
    const { Pool } = await import('../../stages/pool.ts');
    const { xrender } = await import('../../stages/xrender.ts');
    await runFilter(
      {
        name: 'xrender',
        stage: (running) => {
          const pool = new Pool();
          running.onEnd(pool);
          return xrender(pool);
        },
        bare: 'relative',
        announce: (port) => ({ xrender: port }),
      },
      options,
    );
  });
}
