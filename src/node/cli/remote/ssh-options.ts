import { WpError } from '../../../shared/errors.ts';

/** The options of ssh that take a value, and those that do not (OpenSSH 9, `ssh(1)`). */
const VALUED = 'BbcDEeFIiJLlmOoPpQRSWw';
const PLAIN = '46AaCfGgKkMNnqsTtVvXxYy';
/** What one connection for all cannot do. */
const NOT_OURS = 'fGMOQSsVW';
/** What is asked of the connection once, and must not be asked again by what goes through it. */
const ONCE = 'DLNRw';
/** What is said of the standard input of a command. That of the connection is ours. */
const INNER = 'n';

/** The command line of ssh, taken apart. */
export interface SshCall {
  /** For the connection: each an option, and its value where it takes one. */
  readonly options: readonly string[];
  /** For what goes through a connection that is there. */
  readonly inner: readonly string[];
  /** As it was written: `user@host`, an alias, an `ssh://` address. */
  readonly host: string;
  readonly command: readonly string[];
  /** `-N`: only the connection is wanted. */
  readonly bare: boolean;
}

/**
 * Takes `[ssh options] HOST [COMMAND…]` apart as ssh does: options may also stand between the host and the command.
 * @param where the command of ours that it belongs to
 * @throws WpError for an option that ssh does not have, or that cannot be had here
 */
export function parseSsh(args: readonly string[], where: string): SshCall {
  const usage = `usage: wp ${where} [SSH OPTIONS] HOST${where === 'ssh' ? ' [COMMAND...]' : ''}`;
  const wrong = (what: string) => new WpError(where, what, usage, { exitCode: 2 });
  const options: string[] = [];
  const inner: string[] = [];
  let bare = false;
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
      if (NOT_OURS.includes(letter))
        throw new WpError(where, `-${letter} cannot be used here`, `use ssh for it`, { exitCode: 2 });
      const valued = VALUED.includes(letter);
      if (!valued && !PLAIN.includes(letter)) throw wrong(`ssh has no option -${letter}`);
      const given = [`-${letter}`];
      if (valued) {
        const value = arg.slice(i + 1) || args[++at];
        if (value === undefined) throw wrong(`-${letter} needs a value`);
        given.push(value);
      }
      if (letter === 'N') bare = true;
      else if (!INNER.includes(letter)) options.push(...given);
      if (!ONCE.includes(letter)) inner.push(...given);
      if (valued) break;
    }
  }
  if (!host) throw wrong('say which host');
  return { options, inner, host, command: args.slice(at), bare };
}

/** What a host is called for people: without the user and the port. */
export function labelOf(host: string): string {
  const plain = host.replace(/^ssh:\/\//, '').replace(/^.*@/, '');
  return (
    plain
      .replace(/^\[([^\]]*)\].*$/, '$1')
      .replace(/^([^:]*):\d+\/?$/, '$1')
      .replace(/\/$/, '') || host
  );
}
