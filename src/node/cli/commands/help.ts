import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { nearest } from '../nearest.ts';

/** `wp help [COMMAND]`: prints the help of commander. */
export default function addHelp(program: Command): void {
  program
    .command('help')
    .argument('[COMMAND]', 'the command to describe')
    .description('list all commands, or describe one')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (!command) {
        const suggestion = nearest(
          String(name),
          program.commands.map((each) => each.name()),
        );
        const todo = suggestion ? `did you mean "wp help ${suggestion}"?` : 'see "wp help"';
        throw new WpError('help', `there is no command "${name}"`, todo, { exitCode: 2 });
      }
      command.outputHelp();
    });
}
