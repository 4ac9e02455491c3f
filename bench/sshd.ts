import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './product.ts';

const run = promisify(execFile);

/** An sshd on loopback, so that this machine can act as a host. */
export interface Sshd {
  /** The options of ssh that define the host `far`: `-F` and a file. */
  readonly options: readonly string[];
  stop(): Promise<void>;
}

/** Starts an sshd with new keys and settings in `home`, which accepts logins of this user. */
export async function startSshd(home: string): Promise<Sshd> {
  const path = (name: string) => join(home, name);
  for (const key of ['host', 'user']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(key)]);
  const port = await freePort();
  const { username, uid } = userInfo();
  await writeFile(
    path('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('user.pub')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PidFile none',
      'PrintMotd no',
      '',
    ].join('\n'),
  );
  await writeFile(path('known_hosts'), `[127.0.0.1]:${port} ${await readFile(path('host.pub'), 'utf8')}`);
  await writeFile(
    path('ssh_config'),
    [
      'Host far',
      'HostName 127.0.0.1',
      `Port ${port}`,
      `User ${username}`,
      `IdentityFile ${path('user')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${path('known_hosts')}`,
      '',
    ].join('\n'),
  );
  // sshd run by root needs this directory, which a service manager would create.
  if (uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((settle, fail) => {
    sshd.stderr.on('data', (text) => {
      said += text;
      if (said.includes('Server listening')) settle();
    });
    sshd.once('exit', () => fail(new Error(`sshd ended: ${said}`)));
  });
  return {
    options: ['-F', path('ssh_config')],
    stop: async () => {
      const ended = new Promise((settle) => sshd.once('exit', settle));
      sshd.kill('SIGTERM');
      await ended;
    },
  };
}
