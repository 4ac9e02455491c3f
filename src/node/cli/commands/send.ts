import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Answer, Envelope, Reply } from '../../../shared/envelope.ts';
import { type FilterOptions, filterOptions, runFilter } from '../filter.ts';
import { printError, printLine } from '../terminal.ts';

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
          // Standard output carries no answers.
          stage: (_, inbox) => {
            const stage = send(inbox);
            return options.to ? (input, context) => stage(printAnswers(input), context) : stage;
          },
          listen: (runtime) => localPeers(runtime.dir),
          stdin: 'local',
          progress,
          ...(files.length > 0 ? { input: fileNames(files) } : {}),
        },
        options,
      );
    } finally {
      progress.end();
    }
  });
}

/**
 * Adds a reply to records that have none. It prints, in the order of the records, the address of each entry or the
 * reason why it was refused.
 */
async function* printAnswers(input: AsyncIterable<Envelope>): AsyncGenerator<Envelope> {
  // The next stage answers an entry twice: when it is announced and when it is rendered.
  const printedIds = new Set<string>();
  let printed = Promise.resolve();
  for await (const envelope of input) {
    const { kind } = envelope.record;
    if (envelope.reply || (kind !== 'file' && kind !== 'entry')) {
      yield envelope;
      continue;
    }
    let reply: Reply = () => {};
    const answer = new Promise<Answer>((resolveNext) => {
      reply = resolveNext;
    });
    printed = printed.then(async () => print(await answer, printedIds));
    yield { ...envelope, reply };
  }
  await printed;
}

function print(answer: Answer, printedIds: Set<string>): void {
  if (answer.kind === 'ack') {
    if (answer.url && !printedIds.has(answer.id)) printLine(answer.url);
    printedIds.add(answer.id);
  } else {
    // A fatal error is thrown and printed by main.ts, so it is not printed here.
    if (!answer.fatal) printError(answer.message);
    process.exitCode = 1;
  }
}

async function* fileNames(files: readonly string[]): AsyncGenerator<Envelope> {
  for (const path of files) yield { record: { kind: 'file', path: resolve(path) } };
}
