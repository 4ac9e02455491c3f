import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { scrollName, today } from '../../../shared/names.ts';
import { webpipeDir } from '../../store/layout.ts';
import { recvOption, serverOptions } from '../options.ts';
import { printable, say } from '../terminal.ts';

interface StartOptions {
  readonly dir?: string;
  readonly xrenderPort?: number;
  readonly httpPort?: number;
  readonly recvPort?: number;
  readonly maxSize?: number;
  readonly recv?: true;
  readonly legacy?: true;
}

/** `wp start`: `wp run` in the background. Ends when it takes files. */
export default function addStart(program: Command): void {
  serverOptions(
    program
      .command('start')
      .description('run webpipe in the background; "wp stop" ends it')
      .argument('[SCROLL]', 'the scroll to add to, as for "wp run"')
      .addOption(recvOption()),
  ).action(async (scroll: string | undefined, options: StartOptions) => {
    const { startServer } = await import('../background.ts');
    const dir = webpipeDir(options.dir);
    const given = [
      ['--xrender-port', options.xrenderPort],
      ['--http-port', options.httpPort],
      ['--recv-port', options.recvPort],
      ['--max-size', options.maxSize],
    ].flatMap(([name, value]) => (value === undefined ? [] : [String(name), String(value)]));
    if (options.recv) given.push('--recv');
    if (options.legacy) given.push('--legacy');
    const { server, already } = await startServer(dir, options.xrenderPort, [...given, ...(scroll ? [scroll] : [])]);
    const asked = scroll && scrollName(scroll, today());
    if (already && asked && server.scroll !== asked) {
      const todo = `end it with "wp stop", or run both: "wp start --xrender-port 0 --http-port 0 ${printable(asked)}"`;
      throw new WpError('start', `scroll ${printable(server.scroll)} runs already`, todo);
    }
    if (options.recv && server.recv === undefined)
      throw new WpError('start', 'what runs already takes nothing from other machines', 'end it first with "wp stop"');
    const how = already ? 'already runs' : 'runs';
    say(`webpipe ${how} in ${printable(dir)} (process ${server.pid}): http://localhost:${server.http ?? ''}/`);
    say('"wp open" opens it, "wp stop" ends it');
  });
}
