import { randomBytes } from 'node:crypto';
import { type Key, readKey } from './key.ts';

/** How long a code of `wp open` is valid, milliseconds. */
const OPEN_LIFETIME = 2 * 60_000;

/**
 * The text whose signature is the viewer's token. The token is valid for one start of one server: a browser stores it for
 * `localhost:<port>`, where tomorrow another person's server may listen and read it.
 */
export function viewerPurpose(startedAt: string): string {
  return `viewer ${startedAt}`;
}

/** The viewer's token for the server of a directory that started at `startedAt`: it authorises its owner. */
export async function viewerToken(dir: string, startedAt: string): Promise<string> {
  return (await readKey(dir)).sign(viewerPurpose(startedAt));
}

/**
 * A code that logs one browser in, once: `<expiry>.<nonce>.<signature>`.
 * @param startedAt when its server started, as the info file says: codes end with their server
 * @param lifetime milliseconds
 */
export function mintCode(key: Key, startedAt: string, lifetime: number): string {
  const text = `${(Date.now() + lifetime).toString(36)}.${randomBytes(9).toString('base64url')}`;
  return `${text}.${key.sign(`login ${startedAt} ${text}`)}`;
}

/** A login code for the server of a directory that started at `startedAt`, valid for two minutes. */
export async function mintLogin(dir: string, startedAt: string): Promise<string> {
  return mintCode(await readKey(dir), startedAt, OPEN_LIFETIME);
}

/** Accepts login codes, each once. */
export class Logins {
  #key: Key;
  #startedAt: string;
  /** Nonces of codes that were used, with the time at which they expire. */
  #used = new Map<string, number>();

  constructor(key: Key, startedAt: string) {
    this.#key = key;
    this.#startedAt = startedAt;
  }

  /** Whether a code is valid; it is used up then. */
  take(code: string): boolean {
    const now = Date.now();
    for (const [nonce, expiry] of this.#used) if (expiry < now) this.#used.delete(nonce);
    // A code with an additional part would be another string, and so could be used again.
    const [expiryText = '', nonce = '', signature = '', ...more] = code.split('.');
    const expiry = Number.parseInt(expiryText, 36);
    if (!(expiry > now) || more.length > 0 || this.#used.has(nonce)) return false;
    if (!this.#key.verify(`login ${this.#startedAt} ${expiryText}.${nonce}`, signature)) return false;
    this.#used.set(nonce, expiry);
    return true;
  }
}
