/** One machine, as a test uses it. */
import type { Ended, Process } from '../wp.ts';
import { within } from '../wp.ts';
import { type UserName, users } from './files.ts';
import { type Entry, entering, type Raised } from './namespaces.ts';

export interface RunOptions {
  /** `ada` without. */
  readonly user?: UserName;
  /** The user's home without. */
  readonly cwd?: string;
  /** Beside what a login sets. Nothing of this machine's environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** As `start` of wp.ts takes it. */
  readonly input?: Entry['input'];
}

type Timed = RunOptions & { readonly timeout?: number };

/**
 * A machine. It has its own processes, host name, network and file system: /tmp, /run, /root and /home are its own and
 * empty; a `full` host sees /usr, Node and this repository read-only. A host that is not full has copies of its
 * programs in /usr/bin, which a test may change, and nothing else: no Node, no repository.
 */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** Starts a command there. It ends with its host. */
  start(command: readonly string[], options?: RunOptions): Process;
  /** Runs a command to its end. Kills it and throws when it takes longer than `timeout` milliseconds, or `WAIT_LIMIT`. */
  run(command: readonly string[], options?: Timed): Promise<Ended>;
  /** Runs a line of its sh to its end. */
  sh(line: string, options?: Timed): Promise<Ended>;
  /** What runs a command there for whoever starts programs himself, as playwright does. */
  command(command: readonly string[], options?: RunOptions): [program: string, args: string[]];
  /**
   * A file of the host as Node finds it from here, to read and to write. A link in it that begins with a slash would
   * lead into this machine.
   */
  path(file: string): string;
  /** What its sshd has said so far. */
  sshdLog(): string;
  /** Ends the host as a power cut does: its processes are gone, and nobody on the network is told. */
  end(): Promise<void>;
}

interface Parts extends Pick<Host, 'name' | 'address' | 'sshdLog' | 'end'> {
  readonly raised: Raised;
  readonly shell: string;
}

/** The host in those namespaces. */
export function makeHost({ raised, shell, ...parts }: Parts): Host {
  const entry = ({ user = 'ada', cwd, env, input }: RunOptions): Entry => {
    const { uid, home } = users[user];
    const login = { HOME: home, USER: user, LOGNAME: user, SHELL: `/bin/${shell}`, LANG: 'C.UTF-8' };
    const path = ['/usr/local/bin', '/usr/bin', '/bin', ...(uid === 0 ? ['/usr/sbin', '/sbin'] : [])].join(':');
    return { uid, cwd: cwd ?? home, env: { PATH: path, ...login, ...env }, input };
  };
  const host: Host = {
    ...parts,
    start: (command, options = {}) => raised.enter(command, entry(options)),
    run: (command, options = {}) => {
      const process = host.start(command, options);
      const what = () => `${command.join(' ')} on ${parts.name}: ${process.stderr()}`;
      return within(process.ended, '', options.timeout).catch(async (error: Error) => {
        await process.end('SIGKILL');
        throw new Error(error.message + what());
      });
    },
    sh: (line, options) => host.run(['sh', '-c', line], options),
    command: (command, options = {}) => entering(raised.pid, command, entry(options)),
    path: (file) => `/proc/${raised.pid}/root${file}`,
  };
  return host;
}
