/** The interface of one host for tests. */
import type { Ended, Process } from '../wp.ts';
import { within } from '../wp.ts';
import { type UserName, users } from './files.ts';
import { type CommandOptions, enterCommand, type HostNamespaces } from './namespaces.ts';

export interface RunOptions {
  /** The user (default: `ada`). */
  readonly user?: UserName;
  /** The working directory (default: the user's home). */
  readonly cwd?: string;
  /** Variables in addition to those of a login. This machine's environment is not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** As for `start` in wp.ts. */
  readonly input?: CommandOptions['input'];
}

type TimedRunOptions = RunOptions & { readonly timeout?: number };

/**
 * A host. It has its own processes, host name, network and file system: /tmp, /run, /root and /home are its own and
 * empty; a `full` host sees /usr, Node and this repository read-only. A host that is not full has copies of its
 * programs in /usr/bin, which a test may change, but neither Node nor the repository.
 */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** Starts a command on the host. It ends with the host. */
  start(command: readonly string[], options?: RunOptions): Process;
  /**
   * Runs a command to its end. Kills it and throws if it takes longer than `timeout` milliseconds (default:
   * `WAIT_LIMIT`).
   */
  run(command: readonly string[], options?: TimedRunOptions): Promise<Ended>;
  /** Runs a line with the host's sh to its end. */
  sh(line: string, options?: TimedRunOptions): Promise<Ended>;
  /**
   * The command line that runs a command on the host, for libraries such as Playwright that start programs themselves.
   */
  command(command: readonly string[], options?: RunOptions): [program: string, args: string[]];
  /** The path of a host's file on this machine. Absolute symbolic links in it refer to this machine's files. */
  path(file: string): string;
  /** The log of its sshd so far. */
  sshdLog(): string;
  /** Ends the host like a power cut: its processes are killed, and its peers get no packets. */
  end(): Promise<void>;
}

interface HostParts extends Pick<Host, 'name' | 'address' | 'sshdLog' | 'end'> {
  readonly namespaces: HostNamespaces;
  readonly shell: string;
}

/** Makes the host in these namespaces. */
export function makeHost({ namespaces, shell, ...parts }: HostParts): Host {
  const commandOptions = ({ user = 'ada', cwd, env, input }: RunOptions): CommandOptions => {
    const { uid, home } = users[user];
    const login = { HOME: home, USER: user, LOGNAME: user, SHELL: `/bin/${shell}`, LANG: 'C.UTF-8' };
    const path = ['/usr/local/bin', '/usr/bin', '/bin', ...(uid === 0 ? ['/usr/sbin', '/sbin'] : [])].join(':');
    return { uid, cwd: cwd ?? home, env: { PATH: path, ...login, ...env }, input };
  };
  const host: Host = {
    ...parts,
    start: (command, options = {}) => namespaces.enter(command, commandOptions(options)),
    run: (command, options = {}) => {
      const process = host.start(command, options);
      const description = () => `${command.join(' ')} on ${parts.name}: ${process.stderr()}`;
      return within(process.ended, '', options.timeout).catch(async (error: Error) => {
        await process.end('SIGKILL');
        throw new Error(error.message + description());
      });
    },
    sh: (line, options) => host.run(['sh', '-c', line], options),
    command: (command, options = {}) => enterCommand(namespaces.pid, command, commandOptions(options)),
    path: (file) => `/proc/${namespaces.pid}/root${file}`,
  };
  return host;
}
