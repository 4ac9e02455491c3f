import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { messageOf, WpError } from '../../../shared/errors.ts';
import { packageDir } from '../package.ts';

const NOTES = `
Without FILE, or with -, it shows standard input while it arrives. It prints the URL of each entry and exits when the
server has everything on disk. The exit status is 0 if all files were shown, 1 if not, 2 for a wrong command line.

Examples:
  wp show plot.png data.csv        two files
  vmstat 1 | wp show --title load  a stream, live
  psql -c 'table t' --csv | wp as csv`;

/**
 * Defines `wp show` and `wp as` for the help. The launcher implements them in sh, which is faster, and never runs this code.
 * If a user runs dist/wp.js directly, the action runs the launcher.
 */
export default function addShow(program: Command): void {
  const options = (command: Command) =>
    command
      .option('--title <TITLE>', 'the title in the scroll (default: the name)')
      .option('--start', 'start webpipe in the background if it is not running')
      .action(runLauncher);
  options(
    program
      .command('show')
      .description('show files, or standard input while it arrives')
      .argument('[FILE...]', 'files and directories; - is standard input')
      .option('-t, --type <TYPE>', 'show the file as this type, whatever its name is (see "wp types")')
      .addHelpText('after', NOTES),
  );
  for (const name of ['as', 'show-as']) {
    options(
      program
        .command(name)
        .description(name === 'as' ? 'show files as a type: short for show --type TYPE' : 'the same as "as"')
        .argument('<TYPE>', 'the type, such as csv or txt (see "wp types")')
        .argument('[FILE...]', 'files and directories (default: standard input, which is also -)')
        .addHelpText('after', NOTES),
    );
  }
}

function runLauncher(): void {
  const result = spawnSync('sh', [join(packageDir(), 'wp'), ...process.argv.slice(2)], { stdio: 'inherit' });
  if (result.error)
    throw new WpError('show', `sh cannot be started: ${messageOf(result.error)}`, 'install a POSIX shell');
  process.exitCode = result.status ?? 128 + (result.signal ? constants.signals[result.signal] : 0);
}
