import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Message, Reply } from '../../../shared/message.ts';
import type { AckRecord, ErrorRecord } from '../../../shared/records.ts';
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
          // Standard output carries no replies.
          stage: () => (options.to ? (input, context) => send(printReplies(input), context) : send),
          listen: (running) => localPeers(running.dir),
          bare: 'relative',
          progress,
          ...(files.length > 0 ? { input: recordsOf(files) } : {}),
        },
        options,
      );
    } finally {
      progress.end();
    }
  });
}

/**
 * Prints the replies to messages that have no other recipient, in the order of the messages: the address of each entry, or
 * the error.
 */
async function* printReplies(input: AsyncIterable<Message>): AsyncGenerator<Message> {
  // An entry may receive several replies, but its address is printed once.
  const printedIds = new Set<string>();
  let printing = Promise.resolve();
  for await (const message of input) {
    const { kind } = message.record;
    if (message.reply || (kind !== 'file' && kind !== 'entry')) {
      yield message;
      continue;
    }
    let reply: Reply = () => {};
    const received = new Promise<AckRecord | ErrorRecord>((settle) => {
      reply = settle;
    });
    printing = printing.then(async () => print(await received, printedIds));
    yield { ...message, reply };
  }
  await printing;
}

function print(reply: AckRecord | ErrorRecord, printedIds: Set<string>): void {
  if (reply.kind === 'ack') {
    if (reply.url && !printedIds.has(reply.id)) say(reply.url);
    printedIds.add(reply.id);
  } else {
    // A fatal error applies to all messages and is printed once, elsewhere.
    if (!reply.fatal) complain(reply.message);
    process.exitCode = 1;
  }
}

async function* recordsOf(files: readonly string[]): AsyncGenerator<Message> {
  for (const path of files) yield { record: { kind: 'file', path: resolve(path) } };
}
