import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';

const NOTES = `
To enable completion in every new shell:
  bash  echo 'eval "$(wp completion bash)"' >>~/.bashrc
  zsh   echo 'eval "$(wp completion zsh)"' >>~/.zshrc     (after compinit)
  fish  wp completion fish >~/.config/fish/completions/wp.fish`;

/** `wp completion SHELL`: prints a script that completes commands, options, types, scrolls and files. */
export default function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .argument('<SHELL>', 'bash, zsh or fish')
    .addHelpText('after', NOTES)
    .action(async (shell: string) => {
      const { completionScript, shells } = await import('../completion.ts');
      if (!Object.hasOwn(shells, shell)) {
        const supported = Object.keys(shells).join(', ');
        throw new WpError('completion', `the shell "${shell}" is not supported`, `use one of ${supported}`, {
          exitCode: 2,
        });
      }
      process.stdout.write(await completionScript(program, shell as keyof typeof shells));
    });
}
