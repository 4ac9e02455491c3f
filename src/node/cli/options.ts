import { type Command, InvalidArgumentError, Option } from 'commander';
import { WpError } from '../../shared/errors.ts';

/** A port from the command line or the environment. */
export function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

/** `--dir`, or `WEBPIPE_DIR`: for every command that uses a webpipe directory. */
export function dirOption(): Option {
  return new Option('--dir <DIR>', 'the webpipe directory (default: ~/webpipe)').env('WEBPIPE_DIR');
}

/** The options for ports and limits of a server, for `run` and `start`. */
export function serverOptions(command: Command): Command {
  return command
    .addOption(dirOption())
    .addOption(portOption('xrender', 'the port for files (default: 8988)'))
    .addOption(portOption('http', 'the port of the viewer (default: 8989)'))
    .addOption(portOption('recv', 'the port for files from other machines (default: 8987)'))
    .addOption(maxSizeOption())
    .addOption(spoolLimitOption())
    .addOption(legacyOption());
}

/** `--<name>-port`, or `WEBPIPE_<NAME>_PORT`. */
export function portOption(name: string, about: string): Option {
  return new Option(`--${name}-port <PORT>`, about).env(`WEBPIPE_${name.toUpperCase()}_PORT`).argParser(port);
}

/** `--listen`, which may be repeated. @param what what the listener accepts, for the help */
export function listenOption(what: string): Option {
  return new Option('--listen <ENDPOINT>', `take ${what} here too: PORT or unix:PATH; several times`)
    .argParser((value: string, all: string[]) => [...all, value])
    .default([], 'none');
}

/** `--to`, for every stage that emits records. */
export function toOption(): Option {
  return new Option('--to <ENDPOINT>', 'give what comes out there: PORT, unix:PATH or - (default: standard output)');
}

/** `--token-file`, or `WEBPIPE_TOKEN_FILE`. */
export function tokenFileOption(): Option {
  return new Option('--token-file <FILE>', 'the token of "wp token" that opens the endpoint').env('WEBPIPE_TOKEN_FILE');
}

/** A size from the command line or the environment, in bytes: `500M`. */
function size(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]?)B?$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('A size is a number of bytes, or of kB, MB, GB, TB: 500M.');
  return Math.floor(Number(digits) * 1000 ** ['', 'k', 'M', 'G', 'T'].indexOf(unit));
}

/** `--max-size`, for every command that receives files by value. */
export function maxSizeOption(): Option {
  return new Option('--max-size <SIZE>', 'the largest file that is taken, such as 500M or 10G (default: 100G)')
    .env('WEBPIPE_MAX_SIZE')
    .argParser(size);
}

/** `--spool-limit`, for every command that has a spool. */
export function spoolLimitOption(): Option {
  return new Option(
    '--spool-limit <SIZE>',
    'the most that files on their way may take on the disk, such as 500M or 10G (default: 100G)',
  )
    .env('WEBPIPE_SPOOL_LIMIT')
    .argParser(size);
}

/** The spool limit from the environment, for commands without the option. @throws WpError if it is not a size */
export function spoolLimitOfEnvironment(): number | undefined {
  const text = process.env.WEBPIPE_SPOOL_LIMIT;
  try {
    return text ? size(text) : undefined;
  } catch {
    throw new WpError('WEBPIPE_SPOOL_LIMIT', `${text} is not a size`, 'give one such as 500M or 10G', { exitCode: 2 });
  }
}

/** `--recv`, for the commands that run the whole pipeline. */
export function recvOption(): Option {
  return new Option('--recv', 'take what other machines send too, as "wp run-recv" does');
}

/** `--legacy`, for every command that can accept the protocol of 2014. */
export function legacyOption(): Option {
  return new Option('--legacy', 'take what clients of 2014 send too, on loopback only and without a token');
}

/** `--tls-<what>`, for commands that connect to other machines directly. */
export function tlsOption(what: 'cert' | 'key' | 'ca', about: string): Option {
  return new Option(`--tls-${what} <FILE>`, `${about}, as PEM`);
}
