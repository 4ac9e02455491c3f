import type { Reply } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';

/**
 * A reply that passes an answer on when something is on disk, or an error if it cannot be put there.
 * @param durable called with the answer; resolves when it is on disk
 * @param item what it is, for the error
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
