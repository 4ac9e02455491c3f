import type { Command } from 'commander';

const NOTES = `
It takes what ssh takes, in ssh's order. On the host, in that shell, "wp show FILE" and "COMMAND | wp show" show in the
webpipe that runs here. Nothing has to be installed there, nothing listens there for others, and nothing stays behind.

Examples:
  wp ssh web1                          a shell
  wp ssh -J bastion web1 'vmstat 1 60 | wp show --title load'`;

/** `wp ssh`: ssh, with a way back for files. */
export default function addSsh(program: Command): void {
  program
    .command('ssh')
    .description('ssh to a host, where "wp show" then shows here')
    .argument('[SSH-ARGUMENTS...]', 'what ssh takes: options, a host, and perhaps a command')
    .helpOption('--help', 'what this command does')
    .allowUnknownOption()
    .addHelpText('after', NOTES)
    .action(async () => {
      const { runSsh } = await import('../remote/shell.ts');
      process.exitCode = await runSsh(process.argv.slice(3));
    });
}
