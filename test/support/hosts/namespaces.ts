/** Creates namespaces, and runs processes in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, start, until, within } from '../wp.ts';

const init = join(import.meta.dirname, 'init.sh');
/** As in init.sh: turns off IPv6, so that links carry only packets of the tests. */
const quiet = '[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6';

/** A directory or file of this machine that a host sees, read-only. */
export type BindMount = readonly [source: string, target: string];

/** The namespaces of a host. */
export interface HostNamespaces {
  /** Its first process, in the process ids of this machine. */
  readonly pid: number;
  /** The path of its root file system on this machine, before it has booted. */
  readonly rootPath: string;
  /** Mounts the paths that it must see, and waits until it is up. */
  boot(seen: readonly BindMount[]): Promise<void>;
  /**
   * Starts a command in the namespaces. The result refers to the command, not to nsenter: `pid` (on this machine; 0
   * before it runs), the signal that `end` sends, and the exit status.
   */
  enter(command: readonly string[], options: Entry): Process;
  /** Ends the first process, and with it all others in the namespaces. */
  end(): Promise<void>;
}

/** Creates the namespaces of a host. A pipe to this process ends them when this process exits, however it does. */
export async function createNamespaces(): Promise<HostNamespaces> {
  const kinds = ['--net', '--uts', '--ipc', '--mount', '--pid'];
  const process = start('unshare', [...kinds, '--fork', '--kill-child', 'sh', init], { dir: '/', input: 'open' });
  const pid = Number((await firstLine(process, /^pid (\d+)$/m))[1]);
  const entered = new Set<Promise<unknown>>();
  return {
    pid,
    rootPath: `/proc/${pid}/root/media`,
    boot: async (seen) => {
      process.child.stdin?.write(`${seen.map((one) => `${one.join('\t')}\n`).join('')}\n`);
      await firstLine(process, /^up$/m);
    },
    enter: (command, options) => {
      const made = enter(pid, command, options);
      const hasEnded = made.ended.catch(() => {}).finally(() => entered.delete(hasEnded));
      entered.add(hasEnded);
      return made;
    },
    end: async () => {
      process.child.stdin?.end();
      await within(process.ended, 'the end of a host').catch(() => process.end('SIGKILL'));
      await within(Promise.all(entered), 'the end of what ran on a host');
    },
  };
}

/** Creates a network namespace only. It ends like a host. */
export async function createNetNamespace(): Promise<Process> {
  const line = `${quiet}; echo up; exec cat`;
  const process = start('unshare', ['--net', 'sh', '-c', line], { dir: '/', input: 'open' });
  // Wait until it exists; until then commands would change this machine's own network.
  await firstLine(process, /^up$/m);
  return process;
}

/** Waits until a process has printed a line. Throws if it exits first. */
export function firstLine(process: Process, what: RegExp): Promise<RegExpExecArray> {
  const over = ending(process);
  return until(`${what}`, () => {
    const found = what.exec(process.stdout()) ?? what.exec(process.stderr());
    if (!found && over()) throw new Error(`it ended before it said ${what}: ${process.stderr()}`);
    return found ?? undefined;
  });
}

/** Returns a function that tells whether a process has ended. */
function ending(process: Process): () => boolean {
  let over = false;
  const mark = () => {
    over = true;
  };
  process.ended.then(mark, mark);
  return () => over;
}

export interface Entry {
  readonly uid: number;
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | 'open';
}

/** The command that runs `command` in the namespaces of a process. */
export function entering(pid: number, command: readonly string[], options: Entry): [string, string[]] {
  const { uid, cwd, env } = options;
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', `--wd=/proc/${pid}/root${cwd}`];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const nsenter = ['/usr/bin/nsenter', '-t', `${pid}`, ...spaces, '--setgid', `${uid}`, '--setuid', `${uid}`];
  return ['env', ['-i', ...variables, ...nsenter, '--', ...command]];
}

function enter(target: number, command: readonly string[], options: Entry): Process {
  const entry = start(...entering(target, command, options), { dir: '/', input: options.input });
  const over = ending(entry);
  return {
    ...entry,
    get pid() {
      return childOf(entry.pid);
    },
    // Signal the child: nsenter would exit and leave it running.
    end: async (signal = 'SIGTERM') => {
      const pid = await until(`${command.join(' ')} to run`, () => over() || childOf(entry.pid) || false);
      if (typeof pid === 'number') send(pid, signal);
      return within(entry.ended, `the end of ${command.join(' ')} after ${signal}; it said: ${entry.stderr()}`);
    },
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function childOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}
