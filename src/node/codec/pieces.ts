import type { Message } from '../../shared/message.ts';
import type { WireRecord } from '../../shared/records.ts';

/**
 * A piece of a file that is still being sent, as pieces that have come: each with its own length and its bytes in memory,
 * so that a sender who stops in the middle leaves nobody behind it waiting, and nothing half said.
 */
export async function* piecesOf({ record, body, from }: Message): AsyncGenerator<Message> {
  for await (const bytes of body ?? []) {
    const piece = { ...record, length: bytes.length } as WireRecord;
    yield { record: piece, body: bodyOf(bytes), from };
  }
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
