import type { Command } from 'commander';
import type { Envelope } from '../../shared/envelope.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Progress } from '../pipeline/progress.ts';
import type { Stage } from '../pipeline/stage.ts';
import { dirOption, listenOption, spoolLimitOption, tlsOption, tokenFileOption, toOption } from './options.ts';
import type { ListenOptions, StageRuntime } from './server.ts';

/** The options of every stage that emits records. */
export interface FilterOptions {
  readonly dir?: string;
  readonly listen: readonly string[];
  readonly to?: string;
  readonly tokenFile?: string;
  readonly spoolLimit?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

/** Adds them to a command. @param what what the stage accepts, for its help */
export function filterOptions(command: Command, what: string): Command {
  return command
    .addOption(dirOption())
    .addOption(listenOption(what))
    .addOption(toOption())
    .addOption(tokenFileOption())
    .addOption(spoolLimitOption())
    .addOption(tlsOption('cert', 'the certificate of this machine, where a listener is open to others'))
    .addOption(tlsOption('key', 'and its key'))
    .addOption(
      tlsOption('ca', 'who may have signed the certificate of the other machine (default: as this system has it)'),
    );
}

/** A stage that a command runs. */
export interface Filter {
  /** Its name, for its inbox. */
  readonly name: string;
  readonly stage: (runtime: StageRuntime, inbox: Inbox) => Stage;
  /** The options of its listeners: which peers they accept. */
  readonly listen: (runtime: StageRuntime) => Promise<ListenOptions>;
  /**
   * Where standard input comes from. `local`: a process on this machine; lines may be paths, and records may have
   * paths. `foreign`: anywhere; paths are ignored.
   */
  readonly stdin: 'local' | 'foreign';
  /** Read in place of standard input. */
  readonly input?: AsyncIterable<Envelope>;
  /** The fields of `run/<port>.info` that describe its port. */
  readonly announce?: (port: number) => Readonly<Record<string, number>>;
  readonly progress?: Progress;
}

/**
 * Runs one stage from its inputs (standard input, listeners) to its output (standard output, or another process). With
 * a listener it runs until a signal ends it; without one it ends with its input. The exit status is 1 if it refused a
 * record.
 */
export async function runFilter(filter: Filter, options: FilterOptions): Promise<void> {
  const { StageRuntime } = await import('./server.ts');
  const { dropUntaken, openFilterInbox, openInbox } = await import('../inbox/open.ts');
  const { emit } = await import('./output.ts');
  const { readIdentity } = await import('./peers.ts');
  const runtime = await StageRuntime.begin(options.dir);
  try {
    // Records from a listener are acknowledged, so they must survive a restart. Records from a pipe are not
    // acknowledged.
    const endpoint = options.listen.find((one) => one !== '-');
    const name = endpoint && `${filter.name}-${endpoint.replace(/[^\w.-]/g, '_')}`;
    const { dir } = runtime;
    const { spoolLimit } = options;
    const inbox = await (name ? openInbox(dir, name, spoolLimit) : openFilterInbox(dir, spoolLimit));
    runtime.closeOnExit(inbox);
    // A pipe carries no answers, so this stage cannot learn that the next one dropped a file. Remove files that wait
    // too long.
    if (name && (options.to ?? '-') === '-') await dropUntaken(inbox);
    const listening = { ...(await filter.listen(runtime)), tls: await readIdentity(options) };
    for (const each of options.listen) {
      const port = await runtime.listenAt(each, listening);
      if (port !== undefined && filter.announce) await runtime.announce(port, filter.announce(port));
    }
    const { context } = runtime;
    const warn = (line: string) => {
      context.warn(line);
      if (!endpoint) process.exitCode = 1;
    };
    const work = emit(filter.stage(runtime, inbox)(runtime.inlet, { ...context, warn }), runtime, {
      ...options,
      warn,
      progress: filter.progress,
    });
    // It is awaited below. Until then an unhandled rejection would end the process.
    work.catch(() => {});
    const read = filter.input ? runtime.inlet.add(filter.input) : runtime.readStdin(filter.stdin);
    if (!endpoint) void read.then(() => runtime.inlet.close());
    await runtime.runUntilDone(work);
  } finally {
    await runtime.close();
  }
}
