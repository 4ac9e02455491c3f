import { Command } from 'commander';
import { commands } from './commands.ts';
import { packageVersion } from './package.ts';
import { printLine } from './terminal.ts';

const COMMON_COMMANDS = `  wp run               start the server; it prints a link to open
  wp show FILE...      show files
  COMMAND | wp show    show the output of a command while it runs
  wp open              open the viewer in a browser
  wp help              list all commands; wp help COMMAND describes one`;

/** The text that `wp` prints without arguments. */
export function shortHelp(): string {
  return `webpipe ${packageVersion()}: show files and streams from any terminal in a browser page.\n\n${COMMON_COMMANDS}`;
}

/** Creates the command line with all commands. It throws errors and does not print them. */
export function createProgram(): Command {
  const program = new Command('wp');
  program
    .description('webpipe: show files and streams from any terminal in a browser page.')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ sortOptions: true, showGlobalOptions: false, subcommandTerm: termOf })
    .helpCommand(false)
    .helpOption('-h, --help', 'describe this command')
    .version(packageVersion(), '--version', 'print the version')
    .action(() => printLine(shortHelp()));
  for (const add of commands) add(program);
  return program;
}

/** The name and arguments of a command for the list of commands. The help of the command lists its options. */
function termOf(command: Command): string {
  const parts = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? name : `[${name}]`;
  });
  return [command.name(), ...parts].join(' ');
}
