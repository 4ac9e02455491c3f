import { CommanderError } from 'commander';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { nearest } from './nearest.ts';
import { createProgram } from './program.ts';
import { printable, printError } from './terminal.ts';

// A closed pipe is not an error (`wp ls | head`).
process.stdout.on('error', (error) => process.exit(hasCode(error, 'EPIPE') ? 0 : report(error)));

try {
  const program = createProgram();
  const word = process.argv[2];
  if (word !== undefined && !word.startsWith('-') && !program.commands.some((command) => hasName(command, word))) {
    const suggestion = nearest(
      word,
      program.commands.map((command) => command.name()),
    );
    const todo = suggestion ? `did you mean "wp ${suggestion}"?` : 'see "wp help"';
    throw new CommanderError(2, 'wp.unknownCommand', `there is no command "${word}"; ${todo}`);
  }
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function hasName(command: { name(): string; aliases(): readonly string[] }, word: string): boolean {
  return command.name() === word || command.aliases().includes(word);
}

/** Prints an error on one line. @returns the exit status */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    printError(
      printable(error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')),
    );
    return 2;
  }
  printError(printable(messageOf(error)));
  if (process.env.WEBPIPE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof WpError ? error.exitCode : 1;
}
