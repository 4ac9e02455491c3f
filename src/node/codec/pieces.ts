import type { Envelope } from '../../shared/envelope.ts';
import type { WireRecord } from '../../shared/records.ts';

/**
 * Splits the body of a `more` record into pieces as they arrive, each a complete record with its bytes in memory. A
 * sender that stops in the middle of a body therefore delays no other sender and leaves no incomplete record in the
 * output.
 */
export async function* piecesOf({ record, body, sender, refuseStream }: Envelope): AsyncGenerator<Envelope> {
  for await (const bytes of body ?? []) {
    yield { record: { ...record, length: bytes.length } as WireRecord, body: bodyOf(bytes), sender, refuseStream };
  }
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
