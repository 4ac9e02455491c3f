import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './product.ts';

const run = promisify(execFile);

/** Another machine that is this one: an sshd on loopback. */
export interface Sshd {
  /** What ssh takes to know the host `far`: `-F` and a file. */
  readonly options: readonly string[];
  stop(): Promise<void>;
}

/** Starts an sshd with keys and settings of its own, in `home`, by which this user can log in. */
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
  // Root's sshd wants it, and whatever starts sshd otherwise makes it.
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
