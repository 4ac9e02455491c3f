import type { Reply } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';

/**
 * Returns a reply that sends an acknowledgement when an item is on disk, or an error if it cannot be stored.
 * @param durable called with the answer; resolves when it is on disk
 * @param item the name of the item, for the error
 */
export function replyWhen(
  durable: () => Promise<unknown>,
  reply: Reply,
  { id, name }: { readonly id: string; readonly name: string },
): Reply {
  return (answer) => {
    durable().then(
      () => reply(answer),
      (error: unknown) => reply({ kind: 'error', id, message: `${name}: ${messageOf(error)}` }),
    );
  };
}
