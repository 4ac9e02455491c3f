/** Creates namespaces, and runs processes in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, start, until, within } from '../wp.ts';

const init = join(import.meta.dirname, 'init.sh');
/** As in init.sh: turns off IPv6, so that links carry only packets of the tests. */
const DISABLE_IPV6 = '[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6';

/** A directory or file of this machine that a host sees, read-only. */
export type BindMount = readonly [source: string, target: string];

/** The namespaces of a host. */
export interface HostNamespaces {
  /** The process id of its first process on this machine. */
  readonly pid: number;
  /** The path of its root file system on this machine, before it has booted. */
  readonly rootPath: string;
  /** Mounts paths of this machine, and waits until the host is up. */
  boot(bindMounts: readonly BindMount[]): Promise<void>;
  /**
   * Starts a command in the namespaces. The result refers to the command, not to nsenter: `pid` (on this machine; 0
   * before it runs), the signal that `end` sends, and the exit status.
   */
  enter(command: readonly string[], options: CommandOptions): Process;
  /** Ends the first process, and with it all others in the namespaces. */
  end(): Promise<void>;
}

/** Creates the namespaces of a host. A pipe to this process ends them when this process exits, however it does. */
export async function createNamespaces(): Promise<HostNamespaces> {
  const kinds = ['--net', '--uts', '--ipc', '--mount', '--pid'];
  const process = start('unshare', [...kinds, '--fork', '--kill-child', 'sh', init], { dir: '/', input: 'open' });
  const pid = Number((await firstLine(process, /^pid (\d+)$/m))[1]);
  const commands = new Set<Promise<unknown>>();
  return {
    pid,
    rootPath: `/proc/${pid}/root/media`,
    boot: async (bindMounts) => {
      process.child.stdin?.write(`${bindMounts.map((mount) => `${mount.join('\t')}\n`).join('')}\n`);
      await firstLine(process, /^up$/m);
    },
    enter: (command, options) => {
      const running = enter(pid, command, options);
      const ended = running.ended.catch(() => {}).finally(() => commands.delete(ended));
      commands.add(ended);
      return running;
    },
    end: async () => {
      process.child.stdin?.end();
      await within(process.ended, 'the end of a host').catch(() => process.end('SIGKILL'));
      await within(Promise.all(commands), 'the end of what ran on a host');
    },
  };
}

/** Creates a network namespace only. It ends like a host. */
export async function createNetNamespace(): Promise<Process> {
  const line = `${DISABLE_IPV6}; echo up; exec cat`;
  const process = start('unshare', ['--net', 'sh', '-c', line], { dir: '/', input: 'open' });
  // Wait until it exists; until then commands would change this machine's own network.
  await firstLine(process, /^up$/m);
  return process;
}

/** Waits until a process has printed a line. Throws if it exits first. */
export function firstLine(process: Process, what: RegExp): Promise<RegExpExecArray> {
  const hasEnded = endingOf(process);
  return until(`${what}`, () => {
    const found = what.exec(process.stdout()) ?? what.exec(process.stderr());
    if (!found && hasEnded()) throw new Error(`it ended before it printed ${what}: ${process.stderr()}`);
    return found ?? undefined;
  });
}

/** Returns a function that reports whether a process has ended. */
function endingOf(process: Process): () => boolean {
  let hasEnded = false;
  const setEnded = () => {
    hasEnded = true;
  };
  process.ended.then(setEnded, setEnded);
  return () => hasEnded;
}

export interface CommandOptions {
  readonly uid: number;
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | 'open';
}

/** The command that runs `command` in the namespaces of a process. */
export function enterCommand(pid: number, command: readonly string[], options: CommandOptions): [string, string[]] {
  const { uid, cwd, env } = options;
  const namespaceOptions = ['--mount', '--uts', '--ipc', '--net', '--pid', `--wd=/proc/${pid}/root${cwd}`];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const nsenter = ['/usr/bin/nsenter', '-t', `${pid}`, ...namespaceOptions, '--setgid', `${uid}`, '--setuid', `${uid}`];
  return ['env', ['-i', ...variables, ...nsenter, '--', ...command]];
}

function enter(target: number, command: readonly string[], options: CommandOptions): Process {
  const nsenter = start(...enterCommand(target, command, options), { dir: '/', input: options.input });
  const hasEnded = endingOf(nsenter);
  return {
    ...nsenter,
    get pid() {
      return childOf(nsenter.pid);
    },
    // Signal the child: nsenter would exit and leave it running.
    end: async (signal = 'SIGTERM') => {
      const pid = await until(`${command.join(' ')} to run`, () => hasEnded() || childOf(nsenter.pid) || false);
      if (typeof pid === 'number') send(pid, signal);
      return within(nsenter.ended, `the end of ${command.join(' ')} after ${signal}; stderr: ${nsenter.stderr()}`);
    },
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended in the meantime.
  }
}

function childOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}
