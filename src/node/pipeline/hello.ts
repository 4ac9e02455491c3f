import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { WpError } from '../../shared/errors.ts';
import type { HelloRecord } from '../../shared/records.ts';

/**
 * How two ends of a socket authenticate each other. A token is `<id>.<secret>`. A client may challenge the listener
 * first, so that neither the token nor a byte of a file goes to somebody else who listens at the same address; then it
 * sends the token.
 */

/** What a token admits. */
export interface Admission {
  /** The host of everything that is sent with this token, whatever the records say. */
  readonly host?: string;
  /** Whether the token is still valid: it may be revoked at any time. */
  valid(): Promise<boolean>;
}

/** The tokens that a listener knows. */
export interface Door {
  /** What this token admits; undefined if it is not known. */
  admit(token: string): Promise<Admission | undefined>;
  /** The token with this id, to prove that it is known. */
  tokenOf(id: string): Promise<string | undefined>;
}

/** The proof of a listener that it knows a token, 64 hex digits. The format is in docs/protocol.md. */
export function proofOf(token: string, nonce: string): string {
  return createHash('sha256').update(`webpipe listener ${token} ${nonce}`).digest('hex');
}

/** The first record to a listener, a challenge for this token, and the check of its answer. */
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

/** The result of a hello: the record to answer with, and what its token admits. */
export interface Greeting {
  readonly answer?: HelloRecord;
  readonly admission?: Admission;
}

/**
 * Answers a hello: a challenge with the proof, a token with what it admits.
 * @throws WpError for a token that is not known
 */
export async function answerHello(hello: HelloRecord, door: Door | undefined): Promise<Greeting> {
  const unknown = () =>
    new WpError('connection', 'this token is not known here, or was revoked', 'make another with "wp token"');
  if (hello.challenge !== undefined) {
    const [id = '', nonce = ''] = hello.challenge.split('.');
    const token = await door?.tokenOf(id);
    if (token === undefined) throw unknown();
    return { answer: { kind: 'hello', version: 1, proof: proofOf(token, nonce) } };
  }
  if (!hello.token) return {};
  const admission = await door?.admit(hello.token);
  if (!admission) throw unknown();
  return { admission };
}
