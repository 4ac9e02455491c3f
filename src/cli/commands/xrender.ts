import type { Command } from 'commander';
import { dirOption } from '../options.ts';

/** `wp xrender`: file names in, entries out. */
export default function addXrender(program: Command): void {
  program
    .command('xrender')
    .description('a filter: file names (or records) in, rendered entries out')
    .addOption(dirOption())
    .option(
      '--listen <ENDPOINT>',
      'take files on this port (or unix:PATH) too; several times',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .action(async (options: { dir?: string; listen: string[] }) => {
      const { Running, writeStdout } = await import('../server.ts');
      const { filterSpool, takeSpool } = await import('../spool.ts');
      const { Pool } = await import('../../stages/pool.ts');
      const { xrender } = await import('../../stages/xrender.ts');
      const running = await Running.begin(options.dir);
      try {
        const pool = new Pool();
        running.onEnd(pool);
        // Those who send to a listener are told that their files are safe, so what is left of them is found again.
        const [endpoint] = options.listen;
        const name = endpoint && `xrender-${endpoint.replace(/[^\w.-]/g, '_')}`;
        const spool = await (name ? takeSpool(running.dir, name) : filterSpool(running.dir));
        running.onEnd({ close: spool.release });
        const ports: number[] = [];
        for (const each of options.listen) {
          const port = await running.listenAt(each);
          if (port !== undefined) ports.push(port);
        }
        const [port] = ports;
        if (port !== undefined) await running.announce(port, { xrender: port });
        const context = running.context(spool.path);
        const warn = (line: string) => {
          context.warn(line);
          if (!endpoint) process.exitCode = 1;
        };
        const work = writeStdout(xrender(pool)(running.inlet, { ...context, warn }));
        // What it ends with is heard below; until then it must not be a crash.
        work.catch(() => {});
        const read = running.readStdin();
        if (options.listen.length === 0) void read.then(() => running.inlet.close());
        await running.until(work);
      } finally {
        await running.close();
      }
    });
}
