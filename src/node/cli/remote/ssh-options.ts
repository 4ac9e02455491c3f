import { WpError } from '../../../shared/errors.ts';

/** The options of ssh with and without a value (OpenSSH 9, `ssh(1)`). */
const WITH_VALUE = 'BbcDEeFIiJLlmOoPpQRSWw';
const WITHOUT_VALUE = '46AaCfGgKkMNnqsTtVvXxYy';
/** Options that cannot be combined with a shared connection. */
const UNSUPPORTED = 'fGMOQSsVW';
/** Options that apply to the connection only, and must not be repeated by sessions over it. */
const CONNECTION_ONLY = 'DLNRw';
/** Options that apply to sessions only: this process uses the standard input of the connection. */
const SESSION_ONLY = 'n';

/** A parsed command line of ssh. */
export interface SshCall {
  /** The arguments for the connection: options, each followed by its value if it has one. */
  readonly options: readonly string[];
  /** The arguments for sessions over the connection. */
  readonly sessionOptions: readonly string[];
  /** The host as given: `user@host`, an alias, or an `ssh://` address. */
  readonly host: string;
  readonly command: readonly string[];
  /** `-N`: only connect. */
  readonly noShell: boolean;
}

/**
 * Parses `[ssh options] HOST [COMMAND…]` as ssh does: options may also be between the host and the command.
 * @param where the name of the webpipe command, for error messages
 * @throws WpError for an option that ssh does not have or that is not supported here
 */
export function parseSsh(args: readonly string[], where: string): SshCall {
  const usage = `usage: wp ${where} [SSH OPTIONS] HOST${where === 'ssh' ? ' [COMMAND...]' : ''}`;
  const usageError = (what: string) => new WpError(where, what, usage, { exitCode: 2 });
  const options: string[] = [];
  const sessionOptions: string[] = [];
  let noShell = false;
  let host: string | undefined;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      at++;
      host ??= args[at++];
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      if (host !== undefined) break;
      host = arg;
      continue;
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] ?? '';
      if (UNSUPPORTED.includes(letter))
        throw new WpError(where, `-${letter} is not supported here`, `use ssh for it`, { exitCode: 2 });
      const hasValue = WITH_VALUE.includes(letter);
      if (!hasValue && !WITHOUT_VALUE.includes(letter)) throw usageError(`ssh has no option -${letter}`);
      const option = [`-${letter}`];
      if (hasValue) {
        const value = arg.slice(i + 1) || args[++at];
        if (value === undefined) throw usageError(`-${letter} needs a value`);
        option.push(value);
      }
      if (letter === 'N') noShell = true;
      else if (!SESSION_ONLY.includes(letter)) options.push(...option);
      if (!CONNECTION_ONLY.includes(letter)) sessionOptions.push(...option);
      if (hasValue) break;
    }
  }
  if (!host) throw usageError('no host given');
  return { options, sessionOptions, host, command: args.slice(at), noShell };
}

/** The label of a host: its name without the user and the port. */
export function labelOf(host: string): string {
  const plain = host.replace(/^ssh:\/\//, '').replace(/^.*@/, '');
  return (
    plain
      .replace(/^\[([^\]]*)\].*$/, '$1')
      .replace(/^([^:]*):\d+\/?$/, '$1')
      .replace(/\/$/, '') || host
  );
}
