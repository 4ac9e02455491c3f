import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { nearest } from '../nearest.ts';

/** `wp help [COMMAND]`: what commander knows of the commands. */
export default function addHelp(program: Command): void {
  program
    .command('help')
    .argument('[COMMAND]', 'the command to tell about')
    .description('tell about all commands, or about one')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (!command) {
        const close = nearest(
          String(name),
          program.commands.map((each) => each.name()),
        );
        const todo = close ? `did you mean "wp help ${close}"?` : 'see "wp help"';
        throw new WpError('help', `there is no command "${name}"`, todo, { exitCode: 2 });
      }
      command.outputHelp();
    });
}
