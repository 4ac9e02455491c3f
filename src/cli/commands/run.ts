import type { Command } from 'commander';
import { serverOptions } from '../options.ts';
import { complain, printable, say } from '../terminal.ts';

interface RunOptions {
  readonly dir?: string;
  readonly xrenderPort?: number;
  readonly httpPort?: number;
  readonly open?: boolean;
}

/** `wp run`: xrender and serve in one process. */
export default function addRun(program: Command): void {
  serverOptions(
    program
      .command('run')
      .description('take files and show them: xrender and serve in one process')
      .argument('[SCROLL]', "the scroll to add to: a name, +NAME for today's with a name, or today's"),
  )
    .option('--open', 'open the viewer in a browser (the default where there is a display)')
    .option('--no-open', 'only print the link')
    .action(async (asked: string | undefined, options: RunOptions) => {
      const { Running } = await import('../server.ts');
      const { startViewer } = await import('../viewer-server.ts');
      const { takeSpool } = await import('../spool.ts');
      const { Pool } = await import('../../stages/pool.ts');
      const { xrender } = await import('../../stages/xrender.ts');
      const { serve } = await import('../../stages/serve.ts');
      const { compose, run } = await import('../../pipeline/compose.ts');
      const running = await Running.begin(options.dir);
      try {
        const viewer = await startViewer(running, asked, options.httpPort ?? 8989);
        const pool = new Pool();
        running.onEnd(pool);
        const spool = await takeSpool(running.dir, viewer.scroll.name);
        running.onEnd({ close: spool.release });
        const stages = compose(xrender(pool), serve(viewer.scroll, viewer.urlOf));
        const work = run(stages, running.inlet, running.context(spool.path));
        // What it ends with is heard below; until then it must not be a crash.
        work.catch(() => {});
        const port = await running.listen(options.xrenderPort ?? 8988, '--xrender-port');
        await running.announce(port, { xrender: port, http: viewer.port, scroll: viewer.scroll.name });
        complain(`scroll ${viewer.scroll.name} in ${printable(running.dir)}; files on port ${port}; Ctrl-C ends it`);
        say(viewer.link);
        void running.readStdin();
        if (options.open ?? hasDisplay()) {
          const { openBrowser } = await import('../browser.ts');
          openBrowser(viewer.link).catch((error: Error) => complain(error.message));
        }
        await running.until(work);
      } finally {
        await running.close();
      }
    });
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  return Boolean(DISPLAY || WAYLAND_DISPLAY || (process.platform === 'darwin' && !SSH_CONNECTION));
}
