import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WpError } from '../../shared/errors.ts';
import { layout, prepareDir } from '../store/layout.ts';
import { packageDir } from './package.ts';
import { type RunningServer, runningServers } from './servers.ts';

/** How long a server may take until it listens. */
const PATIENCE = 30_000;

/**
 * Starts `wp run` for `dir` as a process of its own, which outlives this one and the terminal, with its output in
 * `run/<port>.log`, and waits until it listens. Where one runs already (on `port`, if that is given), gives that one.
 * @throws WpError with the end of the log, where it does not start
 */
export async function startServer(
  dir: string,
  port: number | undefined,
  args: readonly string[],
): Promise<{ server: RunningServer; already: boolean }> {
  const fits = (server: RunningServer) => server.xrender !== undefined && (!port || server.xrender === port);
  const present = (await runningServers(dir)).find(fits);
  if (present) return { server: present, already: true };

  await prepareDir(dir);
  const log = join(layout.run(dir), `${port ?? 8988}.log`);
  const output = openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [join(packageDir(), 'dist/wp.js'), 'run', '--no-open', '--dir', dir, ...args], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise<string>((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('exit', (code, signal) => settle(`it ended with ${signal ?? `status ${code}`}`));
  });
  const late = Date.now() + PATIENCE;
  for (;;) {
    const failure = await Promise.race([ended, sleep(20)]);
    const server = (await runningServers(dir)).find(({ pid }) => pid === child.pid);
    if (server) {
      child.unref();
      return { server, already: false };
    }
    if (failure !== undefined || Date.now() > late) {
      const said = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').pop();
      if (failure === undefined) child.kill();
      const why = said ? said.replace(/^wp: /, '') : (failure ?? 'it does not listen');
      throw new WpError('start', `webpipe does not start: ${why}`, `its log is ${log}`);
    }
  }
}
