import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { WpError } from '../../shared/errors.ts';
import type { HelloRecord } from '../../shared/records.ts';

/**
 * How two ends of a socket find out whether they know each other. A token is `<id>.<secret>`. Whoever connects may
 * challenge the listener first, so that neither the token nor a byte of a file goes to a stranger who listens where a
 * friend did before; then it says the token itself.
 */

/** What a token opens. */
export interface Admission {
  /** What the entries of whoever has this token say of where they come from, whatever they say themselves. */
  readonly host?: string;
  /** Whether it opens the door still. */
  valid(): Promise<boolean>;
}

/** The tokens that a listener knows. */
export interface Door {
  /** What this token opens, if it opens anything. */
  admit(token: string): Promise<Admission | undefined>;
  /** The whole token with this id, to prove that it is known. */
  tokenOf(id: string): Promise<string | undefined>;
}

/** What a listener says to a challenge, 64 hex digits: it cannot be made without the token. */
export function proofOf(token: string, nonce: string): string {
  return createHash('sha256').update(`webpipe listener ${token} ${nonce}`).digest('hex');
}

/** The first word to a listener: a challenge by this token, and the way to see whether the answer is right. */
export function challenge(token: string): { readonly hello: HelloRecord; passes(answer: HelloRecord): boolean } {
  const nonce = randomBytes(16).toString('hex');
  const right = Buffer.from(proofOf(token, nonce));
  return {
    hello: { kind: 'hello', version: 1, challenge: `${token.split('.')[0]}.${nonce}` },
    passes: ({ proof = '' }) => {
      const given = Buffer.from(proof);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}

/** What follows from a hello: a word to say, and what its token opens. */
export interface Greeting {
  readonly answer?: HelloRecord;
  readonly admission?: Admission;
}

/**
 * Answers a hello: with the proof that it asks for, and with what its token opens.
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
