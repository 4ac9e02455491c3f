import type { Command } from 'commander';
import type { Envelope } from '../../shared/envelope.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Progress } from '../pipeline/progress.ts';
import type { Stage } from '../pipeline/stage.ts';
import { dirOption, listenOption, spoolLimitOption, tlsOption, tokenFileOption, toOption } from './options.ts';
import type { ListenOptions, Running } from './server.ts';

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
  readonly stage: (running: Running, inbox: Inbox) => Stage;
  /** Who may send to its listeners. */
  readonly listen: (running: Running) => Promise<ListenOptions>;
  /**
   * What standard input is: a pipe on this machine, whose lines may be paths and whose records may have paths; or a
   * stream from anywhere, whose records name nothing here.
   */
  readonly stdin: 'local' | 'foreign';
  /** Read in place of standard input. */
  readonly input?: AsyncIterable<Envelope>;
  /** What `run/<port>.info` says about its port. */
  readonly announce?: (port: number) => Readonly<Record<string, number>>;
  readonly progress?: Progress;
}

/**
 * Runs one stage from its inputs (standard input, listeners) to its output (standard output, or another process). With
 * a listener it runs until a signal ends it; without, it ends with its input, and fails if it has refused something.
 */
export async function runFilter(filter: Filter, options: FilterOptions): Promise<void> {
  const { Running } = await import('./server.ts');
  const { dropUntaken, openFilterInbox, openInbox } = await import('../inbox/open.ts');
  const { emit } = await import('./output.ts');
  const { readIdentity } = await import('./peers.ts');
  const running = await Running.begin(options.dir);
  try {
    // What arrives by a listener is acknowledged, so it is kept for the next start. What arrives by a pipe is not.
    const endpoint = options.listen.find((one) => one !== '-');
    const name = endpoint && `${filter.name}-${endpoint.replace(/[^\w.-]/g, '_')}`;
    const { dir } = running;
    const { spoolLimit } = options;
    const inbox = await (name ? openInbox(dir, name, spoolLimit) : openFilterInbox(dir, spoolLimit));
    running.onEnd(inbox);
    // Behind a socket the next stage answers; behind a pipe nobody says that something was dropped.
    if (name && (options.to ?? '-') === '-') await dropUntaken(inbox);
    const listening = { ...(await filter.listen(running)), tls: await readIdentity(options) };
    for (const each of options.listen) {
      const port = await running.listenAt(each, listening);
      if (port !== undefined && filter.announce) await running.announce(port, filter.announce(port));
    }
    const { context } = running;
    const warn = (line: string) => {
      context.warn(line);
      if (!endpoint) process.exitCode = 1;
    };
    const work = emit(filter.stage(running, inbox)(running.inlet, { ...context, warn }), running, {
      ...options,
      warn,
      progress: filter.progress,
    });
    // Awaited below; until then a rejection must not end the process.
    work.catch(() => {});
    const read = filter.input ? running.inlet.add(filter.input) : running.readStdin(filter.stdin);
    if (!endpoint) void read.then(() => running.inlet.close());
    await running.until(work);
  } finally {
    await running.close();
  }
}
