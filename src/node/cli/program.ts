import { Command } from 'commander';
import { commands } from './commands.ts';
import { packageVersion } from './package.ts';
import { say } from './terminal.ts';

const SHORT = `  wp run               start webpipe here; it prints the link to open
  wp show FILE...      show files
  COMMAND | wp show    show what a command prints, as it comes
  wp open              open the viewer in a browser
  wp help              all commands; wp help COMMAND tells about one`;

/** What `wp` without arguments says. */
export function shortHelp(): string {
  return `webpipe ${packageVersion()}: show files and streams from any terminal in a browser page.\n\n${SHORT}`;
}

/** The command line: all commands, none of them run yet. Errors are thrown, not printed. */
export function createProgram(): Command {
  const program = new Command('wp');
  program
    .description('webpipe: show files and streams from any terminal in a browser page that fills as you work.')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ sortOptions: true, showGlobalOptions: false, subcommandTerm: termOf })
    .helpCommand(false)
    .helpOption('-h, --help', 'what this command does')
    .version(packageVersion(), '--version', 'the version of this webpipe')
    .action(() => say(shortHelp()));
  for (const add of commands) add(program);
  return program;
}

/** A command in the list of all: its name and arguments, without the options, which its own help tells. */
function termOf(command: Command): string {
  const parts = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? name : `[${name}]`;
  });
  return [command.name(), ...parts].join(' ');
}
