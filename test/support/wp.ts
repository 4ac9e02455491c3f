/** Runs the built `wp` for black-box tests: real processes, each with a webpipe directory of its own. They are ended after each test file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEachFile } from './cleanup.ts';
import { scaled, WAIT_LIMIT } from './deadline.ts';

export const root: string = join(import.meta.dirname, '../..');
const program = join(root, 'dist/wp.js');

const running = new Set<ChildProcess>();
const tempDirs: string[] = [];

afterEachFile(async () => {
  // A server that gets SIGTERM ends its plugins; a process that ignores the signal is killed.
  const ended = [...running].map((child) => new Promise((settle) => child.once('close', settle)));
  for (const child of running) child.kill('SIGTERM');
  await Promise.race([Promise.all(ended), new Promise((settle) => setTimeout(settle, scaled(10_000)))]);
  for (const child of running) killGroup(child);
  for (const dir of tempDirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // The process has already ended.
  }
}

/** A new directory, removed after the tests of this file. Its path is short enough for unix sockets. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  tempDirs.push(dir);
  return dir;
}

/** The environment for a command: that of this process without variables that configure webpipe. */
export function environment(dir: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(WEBPIPE_|WP_|NODE_|VITEST|DISPLAY$)/.test(name));
  return { ...Object.fromEntries(inherited), WEBPIPE_DIR: dir, ...more };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Process {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Sends a signal and waits until the process has ended. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

interface StartOptions {
  readonly dir: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input: `'open'` keeps it open; default: /dev/null. */
  readonly input?: string | Uint8Array | 'open';
  readonly uid?: number;
}

/** Starts a program in a process group of its own. */
export function start(command: string, args: readonly string[], options: StartOptions): Process {
  const { input } = options;
  const child = spawn(command, args, {
    cwd: options.cwd ?? options.dir,
    env: environment(options.dir, options.env),
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    uid: options.uid,
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin?.on('error', () => {});
  if (input !== undefined && input !== 'open') child.stdin?.end(input);
  const ended = new Promise<Ended>((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      running.delete(child);
      settle({ code, signal, ...output });
    });
  });
  ended.catch(() => {});
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return within(ended, `the end of ${args.join(' ')} after ${signal}; stderr: ${output.stderr}`);
    },
  };
}

/** Returns the promise's value. Throws an error that names `what` when the promise has not settled after `ms`. */
export async function within<T>(promise: Promise<T>, what: string, ms: number = WAIT_LIMIT): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Calls `probe` every 15 ms until it returns something other than undefined and false, and returns that. Throws an
 * error that names `what` when that takes longer than `WAIT_LIMIT`.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = performance.now() + WAIT_LIMIT;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${WAIT_LIMIT} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The command and arguments that run `wp ARGS` as the launcher does: `show` and `as` with sh, the other commands with Node. */
export function commandLine(args: readonly string[]): [string, string[]] {
  const command = args[0] ?? '';
  return ['show', 'as', 'show-as'].includes(command)
    ? [join(root, 'wp'), [...args]]
    : [process.execPath, [program, ...args]];
}

/** Starts `wp ARGS`. */
export function startWp(args: readonly string[], options: StartOptions): Process {
  return start(...commandLine(args), options);
}

/** Runs `wp ARGS` to its end. */
export async function wp(args: readonly string[], options: StartOptions): Promise<Ended> {
  return runToEnd(startWp(args, options), `wp ${args.join(' ')}`);
}

/** Runs a line of sh in which `wp` is the wp under test. */
export async function sh(line: string, options: StartOptions): Promise<Ended> {
  const process = start(
    'sh',
    ['-c', `wp() { case $1 in show|as|show-as) '${root}/wp' "$@" ;; *) node '${program}' "$@" ;; esac; }\n${line}`],
    options,
  );
  return runToEnd(process, line);
}

/** Waits for the end of a process. Kills its process group if it takes too long. */
async function runToEnd(process: Process, command: string): Promise<Ended> {
  try {
    return await within(process.ended, command);
  } catch (error) {
    killGroup(process.child);
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${process.stderr()}`);
  }
}

/** A running server. */
export interface Server extends Process {
  readonly dir: string;
  readonly scroll: string;
  /** The port for files, or that of the viewer if it accepts no files. */
  readonly port: number;
  readonly httpPort: number;
  readonly link: string;
  /** The private socket for files. */
  readonly socket: string;
}

/** Starts `wp run` (or another command that prints its link) on free ports and waits until it is ready. */
export async function startServer(
  args: readonly string[] = ['run'],
  options: Partial<StartOptions> = {},
): Promise<Server> {
  const dir = options.dir ?? tempDir();
  const ports = args[0] === 'run' ? ['--xrender-port', '0', '--http-port', '0'] : ['--http-port', '0'];
  const requestedArgs = args.some((arg) => arg.endsWith('-port')) ? args : [...args, ...ports];
  const process = startWp(requestedArgs, { ...options, dir });
  return { ...process, ...(await ready(process, dir)) };
}

/**
 * Waits until a stage in `dir` has announced that it accepts files, so that `wp show` finds it. Its socket exists
 * earlier.
 */
export async function waitForFilePort(dir: string): Promise<void> {
  const run = join(dir, 'run');
  await until(`a stage in ${dir} that accepts files`, () =>
    (existsSync(run) ? readdirSync(run) : [])
      .filter((name) => name.endsWith('.info'))
      .some((name) => /^xrender=/m.test(readFileSync(join(run, name), 'utf8'))),
  );
}

/** Waits until a server has printed its link, and returns its ports. */
export async function ready(process: Process, dir: string): Promise<Omit<Server, keyof Process>> {
  let hasEnded = false;
  const setEnded = () => {
    hasEnded = true;
  };
  process.ended.then(setEnded, setEnded);
  const link = await until('the link of the server', () => {
    const found = /^http:\S+#login=\S+$/m.exec(process.stdout())?.[0];
    if (!found && hasEnded) throw new Error(`the server ended: ${process.stderr()}`);
    return found;
  });
  for (const name of readdirSync(join(dir, 'run')).filter((file) => file.endsWith('.info'))) {
    const info = readFileSync(join(dir, 'run', name), 'utf8');
    const scroll = /^scroll=(.*)$/m.exec(info)?.[1];
    const httpPort = Number(/^http=(\d+)$/m.exec(info)?.[1]);
    if (scroll === undefined || Number(new URL(link).port) !== httpPort) continue;
    const port = Number(name.replace('.info', ''));
    return { dir, scroll, port, httpPort, link, socket: join(dir, 'run', `${port}.sock`) };
  }
  throw new Error(`${dir}/run has no info file of the server ${link}`);
}
