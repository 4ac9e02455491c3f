import type { Command } from 'commander';
import { dirOption, listenOption, portOption } from '../options.ts';
import { complain, printable, say } from '../terminal.ts';

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
      const { Running } = await import('../server.ts');
      const { localPeers } = await import('../peers.ts');
      const { startViewer } = await import('../viewer-server.ts');
      const { serve } = await import('../../stages/serve.ts');
      const { run } = await import('../../pipeline/compose.ts');
      const running = await Running.begin(options.dir);
      try {
        const viewer = await startViewer(running, scroll, options.httpPort ?? 8989, { submit: undefined });
        const work = run(serve(viewer.scroll, viewer.urlOf), running.inlet, running.context);
        // Awaited below; until then a rejection must not end the process.
        work.catch(() => {});
        const peers = await localPeers(running.dir);
        for (const endpoint of options.listen) await running.listenAt(endpoint, peers);
        await running.announce(viewer.port, { http: viewer.port, scroll: viewer.scroll.name });
        complain(`scroll ${viewer.scroll.name} in ${printable(running.dir)}; Ctrl-C stops it`);
        say(viewer.link);
        void running.readStdin();
        await running.until(work);
      } finally {
        await running.close();
      }
    });
}
