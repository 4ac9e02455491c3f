import { type Command, InvalidArgumentError, Option } from 'commander';

/** A port from the command line or the environment. */
export function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

/** `--dir`, which `WEBPIPE_DIR` sets too: for every command that looks into a webpipe directory. */
export function dirOption(): Option {
  return new Option('--dir <DIR>', 'the webpipe directory (default: ~/webpipe)').env('WEBPIPE_DIR');
}

/** The options that say where a server listens, for `run` and `start`. */
export function serverOptions(command: Command): Command {
  return command
    .addOption(dirOption())
    .addOption(portOption('xrender', 'the port for files (default: 8988)'))
    .addOption(portOption('http', 'the port of the viewer (default: 8989)'))
    .addOption(portOption('recv', 'the port for files from other machines (default: 8987)'));
}

/** `--<name>-port`, which `WEBPIPE_<NAME>_PORT` sets too. */
export function portOption(name: string, about: string): Option {
  return new Option(`--${name}-port <PORT>`, about).env(`WEBPIPE_${name.toUpperCase()}_PORT`).argParser(port);
}
