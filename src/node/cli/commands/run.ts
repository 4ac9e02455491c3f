import type { Command } from 'commander';
import { messageOf } from '../../../shared/errors.ts';
import { recvOption, serverOptions } from '../options.ts';
import type { StageRuntime } from '../server.ts';
import { printable, printError, printLine } from '../terminal.ts';

interface RunOptions {
  readonly dir?: string;
  readonly xrenderPort?: number;
  readonly httpPort?: number;
  readonly recvPort?: number;
  readonly maxSize?: number;
  readonly spoolLimit?: number;
  readonly recv?: true;
  readonly legacy?: true;
  readonly open?: boolean;
}

/** `wp run` and `wp run-recv`: the whole pipeline in one process. */
export default function addRun(program: Command): void {
  const options = (command: Command) =>
    serverOptions(
      command.argument(
        '[SCROLL]',
        'the scroll to append to: a name, or +NAME for the date and a name (default: the date)',
      ),
    )
      .option('--open', 'open the viewer in a browser (the default where there is a display)')
      .option('--no-open', 'only print the link');
  options(
    program
      .command('run')
      .description('start the server: accept files and show them (xrender and serve in one process)'),
  )
    .addOption(recvOption())
    .action((scroll: string | undefined, values: RunOptions) => runAll(scroll, values));
  options(
    program
      .command('run-recv')
      .description('start the server for files from other machines too (recv, xrender and serve in one process)'),
  ).action((scroll: string | undefined, values: RunOptions) => runAll(scroll, { ...values, recv: true }));
}

async function runAll(requestedScroll: string | undefined, options: RunOptions): Promise<void> {
  const { StageRuntime } = await import('../server.ts');
  const { localPeers } = await import('../peers.ts');
  const { startViewer } = await import('../viewer-server.ts');
  const { openInbox } = await import('../../inbox/open.ts');
  const { Pool } = await import('../../stages/pool.ts');
  const { xrender } = await import('../../stages/xrender.ts');
  const { serve } = await import('../../stages/serve.ts');
  const { compose, run } = await import('../../pipeline/compose.ts');
  const runtime = await StageRuntime.begin(options.dir);
  try {
    const viewer = await startViewer(runtime, requestedScroll, options.httpPort ?? 8989, {
      submit: (envelope) => runtime.inlet.push(envelope),
      maxSize: options.maxSize,
    });
    const pool = new Pool();
    runtime.closeOnExit(pool);
    const inbox = await openInbox(runtime.dir, viewer.scroll.name, options.spoolLimit);
    runtime.closeOnExit(inbox);
    const stages = compose(xrender(inbox, pool), serve(viewer.scroll, viewer.urlOf));
    const work = run(stages, runtime.inlet, runtime.context);
    // It is awaited below. Until then an unhandled rejection would end the process.
    work.catch(() => {});
    const recvPort = options.recv ? await startRecv(runtime, viewer.scroll.name, options) : undefined;
    const peers = await localPeers(runtime.dir, options);
    const port = await runtime.listen(options.xrenderPort ?? 8988, '--xrender-port', peers);
    await runtime.announce(port, { xrender: port, recv: recvPort, http: viewer.port, scroll: viewer.scroll.name });
    const where =
      recvPort === undefined
        ? `files on port ${port}`
        : `files on port ${port}, from other machines on port ${recvPort}`;
    printError(`scroll ${viewer.scroll.name} in ${printable(runtime.dir)}; ${where}; Ctrl-C stops it`);
    printLine(viewer.link);
    void runtime.readStdin();
    if (options.open ?? hasDisplay()) {
      const { openBrowser } = await import('../browser.ts');
      openBrowser(viewer.link).catch((error: Error) => printError(error.message));
    }
    await runtime.runUntilDone(work);
  } finally {
    await runtime.close();
  }
}

/** Runs recv in front of the other stages. @returns the port that it listens on */
async function startRecv(runtime: StageRuntime, scroll: string, options: RunOptions): Promise<number> {
  const { openInbox } = await import('../../inbox/open.ts');
  const { tokenPeers } = await import('../peers.ts');
  const { recv } = await import('../../stages/recv.ts');
  const { Inlet } = await import('../../pipeline/inlet.ts');
  const inbox = await openInbox(runtime.dir, `recv-${scroll}`, options.spoolLimit);
  runtime.closeOnExit(inbox);
  const inlet = new Inlet();
  const received = runtime.inlet.add(recv(inbox, options)(inlet, runtime.context));
  received.catch((error: unknown) => printError(messageOf(error)));
  runtime.closeOnExit({ close: async () => inlet.close() });
  return runtime.listen(options.recvPort ?? 8987, '--recv-port', {
    inlet,
    ...(await tokenPeers(runtime.dir, { legacy: options.legacy, maxSize: options.maxSize })),
  });
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  return Boolean(DISPLAY || WAYLAND_DISPLAY || (process.platform === 'darwin' && !SSH_CONNECTION));
}
