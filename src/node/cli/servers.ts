import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { hasCode, WpError } from '../../shared/errors.ts';
import { layout } from '../directory/directory.ts';

/** A running server, as its `run/<port>.info` describes it. */
export interface RunningServer {
  readonly pid: number;
  /** The port for files; undefined if it only serves. */
  readonly xrender: number | undefined;
  /** The port for files from other machines; undefined if it accepts none. */
  readonly recv: number | undefined;
  /** The port of the viewer; undefined if it only renders. */
  readonly http: number | undefined;
  readonly scroll: string;
  /** RFC 3339. */
  readonly started: string;
  readonly dir: string;
}

/** The servers that run for `dir`, by port. Info files of killed servers are ignored. */
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
        return server && (await isRunning(server, path.replace(/\.info$/, '.sock'))) ? server : undefined;
      }),
  );
  return found.filter((server) => server !== undefined);
}

/**
 * The server that a command uses if several are running: the one on `WEBPIPE_XRENDER_PORT`, or the first with a viewer.
 */
export function currentServer(servers: readonly RunningServer[]): RunningServer | undefined {
  const port = Number(process.env.WEBPIPE_XRENDER_PORT);
  return servers.find(({ xrender }) => xrender === port) ?? servers.find(({ http }) => http) ?? servers[0];
}

/** The current server of `dir`. @throws WpError that says how to start one */
export async function requireServer(dir: string, command: string): Promise<RunningServer> {
  const server = currentServer(await runningServers(dir));
  if (!server) throw new WpError(command, `no webpipe is running for ${dir}`, 'start one with "wp run" or "wp start"');
  return server;
}

/** Parses an info file: lines `key=value`. @returns undefined if it has no process id */
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
 * Whether a server still runs: its process exists and listens. The process id alone may belong to another program by
 * now, which must not be stopped.
 */
async function isRunning(server: RunningServer, socket: string): Promise<boolean> {
  if (!processExists(server.pid)) return false;
  if (existsSync(socket) && (await listens({ path: socket }))) return true;
  const port = server.xrender ?? server.http;
  return port !== undefined && (await listens({ host: '127.0.0.1', port }));
}

/** Whether a process with this id exists. */
export function processExists(pid: number): boolean {
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
