import type { Command } from 'commander';
import { packageVersion } from '../package.ts';
import { printLine } from '../terminal.ts';

/** `wp version`: prints the version. */
export default function addVersion(program: Command): void {
  program
    .command('version')
    .description('print the version')
    .action(() => printLine(packageVersion()));
}
