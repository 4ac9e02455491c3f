import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WpError } from '../../shared/errors.ts';
import { layout, prepareDir } from '../directory/directory.ts';
import { packageDir } from './package.ts';
import { type RunningServer, runningServers } from './servers.ts';

/** How long a server may take to start, milliseconds. */
const START_TIMEOUT = 30_000;

/**
 * Starts `wp run` for `dir` in the background, with its output in `run/<port>.log`, and waits until it listens. The process
 * outlives this one and the terminal. If a server is already running (on `port`, if given), returns that one.
 * @throws WpError with the last line of the log if the server does not start
 */
export async function startServer(
  dir: string,
  port: number | undefined,
  args: readonly string[],
): Promise<{ server: RunningServer; already: boolean }> {
  const matches = (server: RunningServer) => server.xrender !== undefined && (!port || server.xrender === port);
  const running = (await runningServers(dir)).find(matches);
  if (running) return { server: running, already: true };

  await prepareDir(dir);
  const log = join(layout.run(dir), `${port ?? 8988}.log`);
  const output = openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [join(packageDir(), 'dist/wp.js'), 'run', '--no-open', '--dir', dir, ...args], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = new Promise<string>((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('exit', (code, signal) => settle(`it exited with ${signal ?? `status ${code}`}`));
  });
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const failure = await Promise.race([exited, sleep(20)]);
    const server = (await runningServers(dir)).find(({ pid }) => pid === child.pid);
    if (server) {
      child.unref();
      return { server, already: false };
    }
    if (failure !== undefined || Date.now() > deadline) {
      const lastLine = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').pop();
      if (failure === undefined) child.kill();
      const reason = lastLine ? lastLine.replace(/^wp: /, '') : (failure ?? 'it does not listen');
      throw new WpError('start', `webpipe did not start: ${reason}`, `see ${log}`);
    }
  }
}
