import type { Command } from 'commander';

const NOTES = `
On the host every "wp-stub show FILE" of the same user then shows in the webpipe that runs here ("wp scp-stub" puts
wp-stub there). The connection comes back by itself after a network change.

Example:
  wp tunnel web1`;

/** `wp tunnel`: the way back from a host without a shell. */
export default function addTunnel(program: Command): void {
  program
    .command('tunnel')
    .description('keep a way open from a host to the webpipe here, for wp-stub there')
    .argument('[SSH-ARGUMENTS...]', 'what ssh takes: options and a host')
    .helpOption('--help', 'what this command does')
    .allowUnknownOption()
    .addHelpText('after', NOTES)
    .action(async () => {
      const { runTunnel } = await import('../remote/tunnel.ts');
      process.exitCode = await runTunnel(process.argv.slice(3));
    });
}
