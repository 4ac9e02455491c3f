import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { hasCode, WpError } from '../../shared/errors.ts';
import { layout } from '../store/layout.ts';

/** A running webpipe, as its `run/<port>.info` describes it. */
export interface RunningServer {
  readonly pid: number;
  /** The port for files; undefined where it only serves. */
  readonly xrender: number | undefined;
  /** The port for files from other machines; undefined where it takes none. */
  readonly recv: number | undefined;
  /** The port of the viewer; undefined where it only renders. */
  readonly http: number | undefined;
  readonly scroll: string;
  /** RFC 3339. */
  readonly started: string;
  readonly dir: string;
}

/** The webpipes that run in `dir`, by port. What a killed one left behind is passed over. */
export async function runningServers(dir: string): Promise<RunningServer[]> {
  const names = await readdir(layout.run(dir)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.info'))
      .sort()
      .map(async (name) => {
        const path = join(layout.run(dir), name);
        const server = parseInfo(await readFile(path, 'utf8').catch(() => ''));
        return server && (await lives(server, path.replace(/\.info$/, '.sock'))) ? server : undefined;
      }),
  );
  return found.filter((server) => server !== undefined);
}

/** The one server of `dir` that a command means, or an error that says how to start one. */
export async function theServer(dir: string, where: string): Promise<RunningServer> {
  const servers = await runningServers(dir);
  const asked = Number(process.env.WEBPIPE_XRENDER_PORT);
  const server = servers.find(({ xrender }) => xrender === asked) ?? servers.find(({ http }) => http) ?? servers[0];
  if (!server) throw new WpError(where, `no webpipe is running for ${dir}`, 'start one with "wp run" or "wp start"');
  return server;
}

/** What an info file says, or undefined where it is not one. */
function parseInfo(text: string): RunningServer | undefined {
  const fields = new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const number = (key: string) => Number(fields.get(key)) || undefined;
  const pid = number('pid');
  if (!pid) return undefined;
  return {
    pid,
    xrender: number('xrender'),
    recv: number('recv'),
    http: number('http'),
    scroll: fields.get('scroll') ?? '',
    started: fields.get('started') ?? '',
    dir: fields.get('dir') ?? '',
  };
}

/**
 * Whether it is still there: its process lives and it listens. A process number alone may have been given to another
 * program since, which nobody wants to stop.
 */
async function lives(server: RunningServer, socket: string): Promise<boolean> {
  if (!processLives(server.pid)) return false;
  if (existsSync(socket) && (await listens({ path: socket }))) return true;
  const port = server.xrender ?? server.http;
  return port !== undefined && (await listens({ host: '127.0.0.1', port }));
}

/** Whether a process with this number exists. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function listens(target: { path: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ ...target, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      settle(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
