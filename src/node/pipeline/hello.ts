import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { WpError } from '../../shared/errors.ts';
import type { HelloRecord } from '../../shared/records.ts';

/**
 * How two ends of a socket authenticate each other. A token is `<id>.<secret>`. Before it sends the token, a client may
 * challenge the listener, so that neither the token nor any content goes to another program that listens on the same
 * address.
 */

/** What a token allows its holder. */
export interface Admission {
  /** The host of all records sent with this token; it replaces the host in the records. */
  readonly host?: string;
  /** Whether the token is still valid: it may be revoked at any time. */
  valid(): Promise<boolean>;
}

/** Checks tokens for a listener. */
export interface Authenticator {
  /** What this token allows; undefined if it is unknown. */
  admit(token: string): Promise<Admission | undefined>;
  /** The token with this id, needed to answer a challenge; undefined if it is unknown. */
  tokenOf(id: string): Promise<string | undefined>;
}

/** The proof of a listener that it knows a token, 64 hex digits. The format is in docs/protocol.md. */
export function proofOf(token: string, nonce: string): string {
  return createHash('sha256').update(`webpipe listener ${token} ${nonce}`).digest('hex');
}

/** Returns the first record for a listener, a challenge for this token, and a function that checks the answer. */
export function challenge(token: string): { readonly hello: HelloRecord; passes(answer: HelloRecord): boolean } {
  const nonce = randomBytes(16).toString('hex');
  const expected = Buffer.from(proofOf(token, nonce));
  return {
    hello: { kind: 'hello', version: 1, challenge: `${token.split('.')[0]}.${nonce}` },
    passes: ({ proof = '' }) => {
      const received = Buffer.from(proof);
      return received.length === expected.length && timingSafeEqual(received, expected);
    },
  };
}

/** The result of a hello: the record to answer with, and what its token allows. */
export interface Greeting {
  readonly answer?: HelloRecord;
  readonly admission?: Admission;
}

/**
 * Answers a hello: a challenge with the proof, a token with its admission.
 * @throws WpError for an unknown token
 */
export async function answerHello(hello: HelloRecord, authenticator: Authenticator | undefined): Promise<Greeting> {
  const unknown = () =>
    new WpError('connection', 'this token is not known here, or was revoked', 'make another with "wp token"');
  if (hello.challenge !== undefined) {
    const [id = '', nonce = ''] = hello.challenge.split('.');
    const token = await authenticator?.tokenOf(id);
    if (token === undefined) throw unknown();
    return { answer: { kind: 'hello', version: 1, proof: proofOf(token, nonce) } };
  }
  if (!hello.token) return {};
  const admission = await authenticator?.admit(hello.token);
  if (!admission) throw unknown();
  return { admission };
}
