import type { Command } from 'commander';
import { dirOption, listenOption, portOption } from '../options.ts';
import { complain, printable, say } from '../terminal.ts';

/** `wp serve`: entries in, the scroll out, in browsers. */
export default function addServe(program: Command): void {
  program
    .command('serve')
    .description('a filter at the end: entries in, the scroll on disk and in browsers')
    .argument('[SCROLL]', 'the scroll to add to, as for "wp run"')
    .addOption(dirOption())
    .addOption(portOption('http', 'the port of the viewer (default: 8989)'))
    .addOption(listenOption('entries'))
    .action(async (asked: string | undefined, options: { dir?: string; httpPort?: number; listen: string[] }) => {
      const { Running } = await import('../server.ts');
      const { localPeers } = await import('../peers.ts');
      const { startViewer } = await import('../viewer-server.ts');
      const { layout } = await import('../../store/layout.ts');
      const { serve } = await import('../../stages/serve.ts');
      const { run } = await import('../../pipeline/compose.ts');
      const running = await Running.begin(options.dir);
      try {
        const viewer = await startViewer(running, asked, options.httpPort ?? 8989, { submit: undefined });
        const work = run(serve(viewer.scroll, viewer.urlOf), running.inlet, running.context(layout.spool(running.dir)));
        // What it ends with is heard below; until then it must not be a crash.
        work.catch(() => {});
        const peers = await localPeers(running.dir);
        for (const endpoint of options.listen) await running.listenAt(endpoint, peers);
        await running.announce(viewer.port, { http: viewer.port, scroll: viewer.scroll.name });
        complain(`scroll ${viewer.scroll.name} in ${printable(running.dir)}; Ctrl-C ends it`);
        say(viewer.link);
        void running.readStdin();
        await running.until(work);
      } finally {
        await running.close();
      }
    });
}
