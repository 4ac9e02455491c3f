import type { Command } from 'commander';
import type { Message, Stage } from '../../shared/message.ts';
import type { Progress } from '../pipeline/outlet.ts';
import { dirOption, listenOption, tlsOption, tokenFileOption, toOption } from './options.ts';
import type { ListenOptions, Running } from './server.ts';

/** The options of every stage that gives something. */
export interface FilterOptions {
  readonly dir?: string;
  readonly listen: readonly string[];
  readonly to?: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

/** Adds them to a command. @param what what the stage takes, for its help */
export function filterOptions(command: Command, what: string): Command {
  return command
    .addOption(dirOption())
    .addOption(listenOption(what))
    .addOption(toOption())
    .addOption(tokenFileOption())
    .addOption(tlsOption('cert', 'the certificate of this machine, where a listener is open to others'))
    .addOption(tlsOption('key', 'and its key'))
    .addOption(
      tlsOption('ca', 'who may have signed the certificate of the other machine (default: as this system has it)'),
    );
}

/** A stage that a command runs. */
export interface Filter {
  /** Its name, for the place where it keeps what is on its way. */
  readonly name: string;
  readonly stage: (running: Running) => Stage;
  /** From whom it takes what comes in by its listeners. */
  readonly listen: (running: Running) => Promise<ListenOptions>;
  /** What a line of standard input that is no record is. */
  readonly bare: 'relative' | 'none';
  /** What it takes in place of standard input. */
  readonly input?: AsyncIterable<Message>;
  /** What is said of where it listens, in `run/<port>.info`. */
  readonly announce?: (port: number) => Readonly<Record<string, number>>;
  readonly progress?: Progress;
}

/**
 * Runs one stage from its inputs (standard input, listeners) to its output (standard output, or another process). With
 * a listener it goes on until a signal comes; without, it ends with its input, and fails if something could not be taken.
 */
export async function runFilter(filter: Filter, options: FilterOptions): Promise<void> {
  const { Running } = await import('./server.ts');
  const { dropUntaken, filterSpool, takeSpool } = await import('./spool.ts');
  const { give } = await import('./output.ts');
  const { readIdentity } = await import('./peers.ts');
  const running = await Running.begin(options.dir);
  try {
    // Those who send to a listener are told that their files are safe, so what is left of them is found again.
    const endpoint = options.listen.find((one) => one !== '-');
    const name = endpoint && `${filter.name}-${endpoint.replace(/[^\w.-]/g, '_')}`;
    const spool = await (name ? takeSpool(running.dir, name) : filterSpool(running.dir));
    running.onEnd({ close: spool.release });
    // Who is reached by a socket answers for what he takes, and is tried until he does.
    if (name && (options.to ?? '-') === '-') await dropUntaken(spool.path);
    const listening = { ...(await filter.listen(running)), tls: await readIdentity(options) };
    for (const each of options.listen) {
      const port = await running.listenAt(each, listening);
      if (port !== undefined && filter.announce) await running.announce(port, filter.announce(port));
    }
    const context = running.context(spool.path);
    const warn = (line: string) => {
      context.warn(line);
      if (!endpoint) process.exitCode = 1;
    };
    const work = give(filter.stage(running)(running.inlet, { ...context, warn }), running, {
      ...options,
      warn,
      progress: filter.progress,
    });
    // What it ends with is heard below; until then it must not be a crash.
    work.catch(() => {});
    const read = filter.input ? running.inlet.add(filter.input) : running.readStdin(filter.bare);
    if (!endpoint) void read.then(() => running.inlet.close());
    await running.until(work);
  } finally {
    await running.close();
  }
}
