import type { Command } from 'commander';

const NOTES = `
While the tunnel is open, every "wp-stub show FILE" of the same user on the host shows files in the webpipe on this
machine ("wp scp-stub" copies wp-stub there). The tunnel reconnects by itself after a network change.

Example:
  wp tunnel web1`;

/** `wp tunnel`: a forwarded connection from a host, without a shell. */
export default function addTunnel(program: Command): void {
  program
    .command('tunnel')
    .description('keep a connection open through which wp-stub on a host shows files on this machine')
    .argument('[SSH-ARGUMENTS...]', 'arguments of ssh: options and a host')
    .helpOption('--help', 'describe this command')
    .allowUnknownOption()
    .addHelpText('after', NOTES)
    .action(async () => {
      const { runTunnel } = await import('../remote/tunnel.ts');
      process.exitCode = await runTunnel(process.argv.slice(3));
    });
}
