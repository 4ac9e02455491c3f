import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { messageOf, WpError } from '../../../shared/errors.ts';
import { packageDir } from '../package.ts';

const NOTES = `
Without FILE, or with -, it shows standard input as it comes. It prints the URL of each entry and ends when the server
has it on disk. The exit status is 0 when all were shown, 1 when not, 2 for a wrong use.

Examples:
  wp show plot.png data.csv        two files
  vmstat 1 | wp show --title load  a stream, live
  psql -c 'table t' --csv | wp as csv`;

/**
 * `wp show` and `wp as`. The launcher never comes here with them: it does them in sh, which is quicker. This is how they
 * appear in the help, and what happens where somebody runs the JavaScript itself: the launcher is asked after all.
 */
export default function addShow(program: Command): void {
  const options = (command: Command) =>
    command
      .option('--title <TITLE>', 'what to call it in the scroll')
      .option('--start', 'start webpipe in the background if it does not run')
      .action(runLauncher);
  options(
    program
      .command('show')
      .description('show files, or standard input as it comes')
      .argument('[FILE...]', 'files and directories; - is standard input')
      .option('-t, --type <TYPE>', 'show it as this type, whatever its name says (see "wp types")')
      .addHelpText('after', NOTES),
  );
  for (const name of ['as', 'show-as']) {
    options(
      program
        .command(name)
        .description(name === 'as' ? 'show as a type: short for show --type TYPE' : 'the same as "as"')
        .argument('<TYPE>', 'the type, such as csv or txt (see "wp types")')
        .argument('[FILE...]', 'files; without any, or with -, standard input')
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
