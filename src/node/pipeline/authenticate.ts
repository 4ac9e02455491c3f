import type { Envelope } from '../../shared/envelope.ts';
import { WpError } from '../../shared/errors.ts';
import { encodeRecord } from '../codec/ndjson.ts';
import type { Connection } from '../transport/connection.ts';
import { challenge } from './hello.ts';

/** How long a listener may take to prove itself, milliseconds. */
const PROOF_TIMEOUT = 10_000;

/** The listener refuses the connection for good, so it is useless to reconnect. */
export class AuthenticationRefused extends WpError {
  constructor(name: string, reason: string) {
    super('send', `${name}: ${reason}`);
  }
}

/**
 * Lets the listener prove that it knows the token, and then sends the token.
 * @param answers the records from the listener @param name the listener, for error messages
 * @throws Refused if it cannot prove that; WpError if it closes the connection
 */
export async function authenticate(
  connection: Connection,
  answers: AsyncGenerator<Envelope>,
  token: string,
  name: string,
): Promise<void> {
  const { hello, passes } = challenge(token);
  connection.send(encodeRecord(hello));
  const timer = setTimeout(() => connection.destroy(), PROOF_TIMEOUT);
  const answer = await answers.next().finally(() => clearTimeout(timer));
  if (answer.done) throw new WpError('send', 'it closed the connection without a word');
  const { record } = answer.value;
  if (record.kind === 'error') throw new AuthenticationRefused(name, record.message);
  if (record.kind !== 'hello' || !passes(record))
    throw new AuthenticationRefused(name, 'it does not know our token, so nothing was sent to it');
  connection.send(encodeRecord({ kind: 'hello', version: 1, token }));
}
