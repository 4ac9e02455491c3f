import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { stubPath } from '../package.ts';
import { complain } from '../terminal.ts';

/** `wp scp-stub`: puts wp-stub on a host. */
export default function addScpStub(program: Command): void {
  program
    .command('scp-stub')
    .description('copy wp-stub to a host, for "wp tunnel" or a forward of your own')
    .argument('[SCP-OPTIONS...] HOST[:PATH]', 'what scp takes; without PATH it is wp-stub in the home directory')
    .helpOption('--help', 'what this command does')
    .allowUnknownOption()
    .action(() => {
      const args = process.argv.slice(3);
      const target = args.pop();
      if (target === undefined || target.startsWith('-'))
        throw new WpError('scp-stub', 'say which host', 'usage: wp scp-stub [SCP OPTIONS] HOST[:PATH]', {
          exitCode: 2,
        });
      // An address in brackets has colons of its own.
      const place = /^([^@]*@)?(\[[^\]]*\]|[^:]*):/.test(target) ? target : `${target}:wp-stub`;
      const { error, status, signal } = spawnSync('scp', ['-p', '-q', ...args, stubPath(), place], {
        stdio: 'inherit',
      });
      if (error) throw new WpError('scp-stub', 'scp cannot be started', 'install OpenSSH', { cause: error });
      process.exitCode = status ?? 128 + (signal ? constants.signals[signal] : 0);
      if (status === 0) complain(`${place} is there; "wp tunnel ${target.replace(/:.*$/, '')}" leads from it to here`);
    });
}
