import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Answer, Envelope, Reply } from '../../../shared/envelope.ts';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';
import { complain, say } from '../terminal.ts';

/** `wp send`: reads file names or entries and writes their contents. */
export default function addSend(program: Command): void {
  const command = program
    .command('send')
    .description('a filter: read file names (or entries) and write a stream with their contents')
    .argument('[FILE...]', 'files and directories (default: the names on standard input, one per line)');
  filterOptions(command, 'files and entries').action(async (files: string[], options: FilterOptions) => {
    const { send } = await import('../../stages/send.ts');
    const { localPeers } = await import('../peers.ts');
    const { createProgress } = await import('../progress.ts');
    const progress = createProgress('send');
    try {
      await runFilter(
        {
          name: 'send',
          // Nobody answers at standard output.
          stage: (_, inbox) => {
            const stage = send(inbox);
            return options.to ? (input, context) => stage(printAnswers(input), context) : stage;
          },
          listen: (running) => localPeers(running.dir),
          stdin: 'local',
          progress,
          ...(files.length > 0 ? { input: named(files) } : {}),
        },
        options,
      );
    } finally {
      progress.end();
    }
  });
}

/**
 * Prints the answers to records that nobody else waits for, in the order of the records: the address of each entry, or
 * why it was refused.
 */
async function* printAnswers(input: AsyncIterable<Envelope>): AsyncGenerator<Envelope> {
  // An entry is answered more than once: when it is announced and when it is rendered.
  const printedIds = new Set<string>();
  let printed = Promise.resolve();
  for await (const envelope of input) {
    const { kind } = envelope.record;
    if (envelope.reply || (kind !== 'file' && kind !== 'entry')) {
      yield envelope;
      continue;
    }
    let reply: Reply = () => {};
    const answer = new Promise<Answer>((settle) => {
      reply = settle;
    });
    printed = printed.then(async () => print(await answer, printedIds));
    yield { ...envelope, reply };
  }
  await printed;
}

function print(answer: Answer, printedIds: Set<string>): void {
  if (answer.kind === 'ack') {
    if (answer.url && !printedIds.has(answer.id)) say(answer.url);
    printedIds.add(answer.id);
  } else {
    // An error that ends everything is printed once, by whoever ends.
    if (!answer.fatal) complain(answer.message);
    process.exitCode = 1;
  }
}

async function* named(files: readonly string[]): AsyncGenerator<Envelope> {
  for (const path of files) yield { record: { kind: 'file', path: resolve(path) } };
}
