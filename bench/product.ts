import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = process.cwd();

/** A `wp run` in a separate directory. */
export interface Product {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly link: string;
  readonly http: string;
  readonly pid: number;
  /** Resident memory of the server itself, bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the built `wp run` on free ports. `dir`: an existing directory to use. */
export async function startProduct(dir?: string, scroll = 'bench'): Promise<Product> {
  const home = dir ?? (await mkdtemp(join(tmpdir(), 'wp-bench-')));
  const base = { ...process.env, WEBPIPE_DIR: home };
  const child = spawn(WP, ['run', scroll, '--no-open', '--xrender-port', '0', '--http-port', '0'], {
    env: base,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const link = await firstLine(child);
  const info = await readFile(join(home, 'run', `${await portOf(home, child)}.info`), 'utf8');
  const xrender = /^xrender=(\d+)$/m.exec(info)?.[1] ?? '';
  return {
    dir: home,
    env: { ...base, WEBPIPE_XRENDER_PORT: xrender },
    link,
    http: new URL(link).origin,
    pid: child.pid ?? 0,
    memory: async () =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (!dir) await rm(home, { recursive: true, force: true });
    },
  };
}

/** A `wp recv` in a separate directory. */
export interface Receiver {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `wp recv --listen ENDPOINT` and discards its output. `sign` is a file that exists when it listens. */
export async function startRecv(endpoint: string, dir: string, readyFile: string): Promise<Receiver> {
  const env = { ...process.env, WEBPIPE_DIR: dir };
  const child = spawn(WP, ['recv', '--listen', endpoint], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`wp recv ended with ${child.exitCode}`);
    await new Promise((settle) => setTimeout(settle, 20));
  }
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((settle) => child.once('exit', settle));
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** A free port on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function portOf(home: string, child: ChildProcess): Promise<string> {
  const { readdir } = await import('node:fs/promises');
  for (const name of await readdir(join(home, 'run'))) {
    if (!name.endsWith('.info')) continue;
    const text = await readFile(join(home, 'run', name), 'utf8');
    if (text.includes(`pid=${child.pid}\n`)) return name.replace('.info', '');
  }
  throw new Error('the server has no info file');
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stderr?.on('data', (data) => {
      err += data;
    });
    child.stdout?.on('data', (data) => {
      out += data;
      const end = out.indexOf('\n');
      if (end >= 0) resolve(out.slice(0, end));
    });
    child.once('exit', () => reject(new Error(`wp run ended: ${err}`)));
  });
}

/** Runs a command to its end. Returns its start time (milliseconds since the epoch), output and status. */
export function runCommand(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { readonly started: number; readonly ended: Promise<{ status: number | null; out: string; ms: number }> } {
  const started = performance.timeOrigin + performance.now();
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  const ended = new Promise<{ status: number | null; out: string; ms: number }>((resolve) => {
    child.once('close', (status) => resolve({ status, out, ms: performance.timeOrigin + performance.now() - started }));
  });
  return { started, ended };
}

/** The launcher in this repository. */
export const WP: string = join(root, 'wp');
