import type { Command } from 'commander';
import { dirOption, listenOption, portOption } from '../options.ts';
import { printable, printError, printLine } from '../terminal.ts';

/** `wp serve`: reads entries, stores them in a scroll, and serves it to browsers. */
export default function addServe(program: Command): void {
  program
    .command('serve')
    .description('the last filter: read entries, store them in a scroll, and serve it to browsers')
    .argument('[SCROLL]', 'the scroll to append to, as for "wp run"')
    .addOption(dirOption())
    .addOption(portOption('http', 'the port of the viewer (default: 8989)'))
    .addOption(listenOption('entries'))
    .action(async (scroll: string | undefined, options: { dir?: string; httpPort?: number; listen: string[] }) => {
      const { StageRuntime } = await import('../server.ts');
      const { localPeers } = await import('../peers.ts');
      const { startViewer } = await import('../viewer-server.ts');
      const { serve } = await import('../../stages/serve.ts');
      const { run } = await import('../../pipeline/compose.ts');
      const runtime = await StageRuntime.begin(options.dir);
      try {
        const viewer = await startViewer(runtime, scroll, options.httpPort ?? 8989, { submit: undefined });
        const work = run(serve(viewer.scroll, viewer.urlOf), runtime.inlet, runtime.context);
        // It is awaited below. Until then an unhandled rejection would end the process.
        work.catch(() => {});
        const peers = await localPeers(runtime.dir);
        for (const endpoint of options.listen) await runtime.listenAt(endpoint, peers);
        await runtime.announce(viewer.port, { http: viewer.port, scroll: viewer.scroll.name });
        printError(`scroll ${viewer.scroll.name} in ${printable(runtime.dir)}; Ctrl-C stops it`);
        printLine(viewer.link);
        void runtime.readStdin();
        await runtime.runUntilDone(work);
      } finally {
        await runtime.close();
      }
    });
}
