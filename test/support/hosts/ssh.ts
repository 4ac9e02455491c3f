/** Keys and settings of ssh, made for one set of hosts. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Creates a key pair: the private key in `file`, the public key beside it. Returns the public key, without a comment.
 */
export async function makeKeyPair(file: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/** The settings of a host's sshd. A line of `more` replaces the default for the same keyword. */
export function sshdConfig(more: readonly string[]): string {
  const defaults = [
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    'AcceptEnv LANG LC_*',
    'Subsystem sftp internal-sftp',
    'LogLevel VERBOSE',
  ];
  const keywordOf = (line: string) => line.trim().split(/[\s=]/)[0]?.toLowerCase();
  const overrides = new Set(more.map(keywordOf));
  // Append them, because Match blocks must be at the end.
  return `${[...defaults.filter((line) => !overrides.has(keywordOf(line))), ...more].join('\n')}\n`;
}

export interface KnownHost {
  readonly name: string;
  readonly address: string;
  /** The public key of the host. */
  readonly key: string;
  /** Further lines of ssh_config for it. */
  readonly ssh: readonly string[];
}

/** The files in ~/.ssh, beside the keys, of a user who logs in on these hosts as `user`. */
export function clientFiles(hosts: readonly KnownHost[], user: string): Record<string, string> {
  const aliases = hosts.map(({ name, address, ssh }) =>
    [`Host ${name}`, ...ssh, `HostName ${address}`, `User ${user}`].join('\n  '),
  );
  const defaults = ['Host *', 'IdentityFile ~/.ssh/id_ed25519', 'IdentitiesOnly yes', 'StrictHostKeyChecking yes'].join(
    '\n  ',
  );
  return {
    config: `${[...aliases, defaults].join('\n\n')}\n`,
    known_hosts: hosts.map(({ name, address, key }) => `${name},${address} ${key}\n`).join(''),
  };
}
