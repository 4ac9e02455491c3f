import type { Command } from 'commander';
import { stubPath } from '../package.ts';
import { printLine } from '../terminal.ts';

/** `wp stub-path`: prints the path of wp-stub on this machine. */
export default function addStubPath(program: Command): void {
  program
    .command('stub-path')
    .description('print the path of wp-stub, the only file that other machines need')
    .action(() => printLine(stubPath()));
}
