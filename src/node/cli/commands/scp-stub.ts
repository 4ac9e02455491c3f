import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { stubPath } from '../package.ts';
import { printError } from '../terminal.ts';

/** `wp scp-stub`: copies wp-stub to a host. */
export default function addScpStub(program: Command): void {
  program
    .command('scp-stub')
    .description('copy wp-stub to a host, for "wp tunnel" or your own port forwarding')
    .argument('[SCP-OPTIONS...] HOST[:PATH]', 'arguments of scp; the default path is wp-stub in the home directory')
    .helpOption('--help', 'describe this command')
    .allowUnknownOption()
    .action(() => {
      const args = process.argv.slice(3);
      const target = args.pop();
      if (target === undefined || target.startsWith('-'))
        throw new WpError('scp-stub', 'no host given', 'usage: wp scp-stub [SCP OPTIONS] HOST[:PATH]', {
          exitCode: 2,
        });
      // An IPv6 address in brackets contains colons.
      const destination = /^([^@]*@)?(\[[^\]]*\]|[^:]*):/.test(target) ? target : `${target}:wp-stub`;
      const { error, status, signal } = spawnSync('scp', ['-p', '-q', ...args, stubPath(), destination], {
        stdio: 'inherit',
      });
      if (error) throw new WpError('scp-stub', 'scp is not installed', 'install OpenSSH', { cause: error });
      process.exitCode = status ?? 128 + (signal ? constants.signals[signal] : 0);
      if (status === 0) printError(`copied to ${destination}; connect with "wp tunnel ${target.replace(/:.*$/, '')}"`);
    });
}
