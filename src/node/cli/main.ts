import { CommanderError } from 'commander';
import { hasCode, messageOf, WpError } from '../../shared/errors.ts';
import { nearest } from './nearest.ts';
import { createProgram } from './program.ts';
import { complain, printable } from './terminal.ts';

// Who reads our output may stop reading (`wp ls | head`): that is no error.
process.stdout.on('error', (error) => process.exit(hasCode(error, 'EPIPE') ? 0 : explain(error)));

try {
  const program = createProgram();
  const word = process.argv[2];
  if (word !== undefined && !word.startsWith('-') && !program.commands.some((command) => isCalled(command, word))) {
    const close = nearest(
      word,
      program.commands.map((command) => command.name()),
    );
    const todo = close ? `did you mean "wp ${close}"?` : 'see "wp help"';
    throw new CommanderError(2, 'wp.unknownCommand', `there is no command "${word}"; ${todo}`);
  }
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function isCalled(command: { name(): string; aliases(): readonly string[] }, word: string): boolean {
  return command.name() === word || command.aliases().includes(word);
}

/** Says what went wrong, on one line, and gives the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    complain(
      printable(error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')),
    );
    return 2;
  }
  complain(printable(messageOf(error)));
  if (process.env.WEBPIPE_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof WpError ? error.exitCode : 1;
}
