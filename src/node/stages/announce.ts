import type { Reply } from '../../shared/envelope.ts';
import { replyWhen } from '../pipeline/reply-when.ts';
import type { StageOutput } from '../pipeline/runner.ts';
import { entryOf, type StoredFile } from './stored-file.ts';

/** Announces a file that has no page yet to the next stage. Its sender gets an answer when the copy is on disk. */
export async function announceFile(output: StageOutput, file: StoredFile, reply: Reply | undefined): Promise<void> {
  await output.emit({
    record: entryOf(file, 'accepted'),
    reply: reply && replyWhen(() => file.durable(), reply, { id: file.id, name: file.labels.name }),
  });
}
