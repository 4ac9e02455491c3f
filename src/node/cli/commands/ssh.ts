import type { Command } from 'commander';

const NOTES = `
The arguments are those of ssh, in the same order. In that shell on the host, "wp show FILE" and "COMMAND | wp show" show
files in the webpipe on this machine. Nothing has to be installed on the host, nothing there listens for other users, and
everything is removed at the end.

Examples:
  wp ssh web1                          a shell
  wp ssh -J bastion web1 'vmstat 1 60 | wp show --title load'`;

/** `wp ssh`: ssh with a forwarded connection for files. */
export default function addSsh(program: Command): void {
  program
    .command('ssh')
    .description('ssh to a host where "wp show" shows files on this machine')
    .argument('[SSH-ARGUMENTS...]', 'arguments of ssh: options, a host, and optionally a command')
    .helpOption('--help', 'describe this command')
    .allowUnknownOption()
    .addHelpText('after', NOTES)
    .action(async () => {
      const { runSsh } = await import('../remote/shell.ts');
      process.exitCode = await runSsh(process.argv.slice(3));
    });
}
