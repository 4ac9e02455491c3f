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
          // What is sent to nobody in particular is answered by nobody.
          stage: () => (options.to ? (input, context) => send(answered(input), context) : send),
          listen: (running) => localPeers(running.dir),
          bare: 'relative',
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
 * Has the answers to what nobody else waits for printed, in the order in which it came: the address of each entry, or why
 * it was not taken.
 */
async function* answered(input: AsyncIterable<Message>): AsyncGenerator<Message> {
  // An entry is answered more than once: announced, rendered.
  const said = new Set<string>();
  let printed = Promise.resolve();
  for await (const message of input) {
    const { kind } = message.record;
    if (message.reply || (kind !== 'file' && kind !== 'entry')) {
      yield message;
      continue;
    }
    let reply: Reply = () => {};
    const answer = new Promise<AckRecord | ErrorRecord>((settle) => {
      reply = settle;
    });
    printed = printed.then(async () => print(await answer, said));
    yield { ...message, reply };
  }
  await printed;
}

function print(answer: AckRecord | ErrorRecord, said: Set<string>): void {
  if (answer.kind === 'ack') {
    if (answer.url && !said.has(answer.id)) say(answer.url);
    said.add(answer.id);
  } else {
    // What ends all is told once, for all.
    if (!answer.fatal) complain(answer.message);
    process.exitCode = 1;
  }
}

async function* named(files: readonly string[]): AsyncGenerator<Message> {
  for (const path of files) yield { record: { kind: 'file', path: resolve(path) } };
}
