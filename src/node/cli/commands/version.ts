import type { Command } from 'commander';
import { packageVersion } from '../package.ts';
import { say } from '../terminal.ts';

/** `wp version`: which webpipe this is. */
export default function addVersion(program: Command): void {
  program
    .command('version')
    .description('print the version of this webpipe')
    .action(() => say(packageVersion()));
}
