import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { scrollName, today } from '../../../shared/names.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { recvOption, serverOptions } from '../options.ts';
import { printable, printLine } from '../terminal.ts';

interface StartOptions {
  readonly dir?: string;
  readonly xrenderPort?: number;
  readonly httpPort?: number;
  readonly recvPort?: number;
  readonly maxSize?: number;
  readonly spoolLimit?: number;
  readonly recv?: true;
  readonly legacy?: true;
}

/** `wp start`: runs `wp run` in the background and returns when it accepts files. */
export default function addStart(program: Command): void {
  serverOptions(
    program
      .command('start')
      .description('start the server in the background; "wp stop" stops it')
      .argument('[SCROLL]', 'the scroll to append to, as for "wp run"')
      .addOption(recvOption()),
  ).action(async (scroll: string | undefined, options: StartOptions) => {
    const { startServer } = await import('../background.ts');
    const dir = webpipeDir(options.dir);
    const runOptions = [
      ['--xrender-port', options.xrenderPort],
      ['--http-port', options.httpPort],
      ['--recv-port', options.recvPort],
      ['--max-size', options.maxSize],
      ['--spool-limit', options.spoolLimit],
    ].flatMap(([name, value]) => (value === undefined ? [] : [String(name), String(value)]));
    if (options.recv) runOptions.push('--recv');
    if (options.legacy) runOptions.push('--legacy');
    const args = [...runOptions, ...(scroll ? [scroll] : [])];
    const { server, already } = await startServer(dir, options.xrenderPort, args);
    const requested = scroll && scrollName(scroll, today());
    if (already && requested && server.scroll !== requested) {
      const todo = `stop it with "wp stop", or run both: "wp start --xrender-port 0 --http-port 0 ${printable(requested)}"`;
      throw new WpError('start', `a server for scroll ${printable(server.scroll)} is already running`, todo);
    }
    if (options.recv && server.recv === undefined)
      throw new WpError(
        'start',
        'the running server does not accept files from other machines',
        'stop it first with "wp stop"',
      );
    const state = already ? 'is already running' : 'is running';
    printLine(`webpipe ${state} in ${printable(dir)} (process ${server.pid}): http://localhost:${server.http ?? ''}/`);
    printLine('"wp open" opens the viewer, "wp stop" stops the server');
  });
}
