import { randomBytes } from 'node:crypto';
import { type Key, readKey } from './key.ts';

/** How long a code that somebody asked for just now is good, milliseconds. */
const SOON = 2 * 60_000;

/**
 * What the viewer's token is the mark of. It opens the viewer of one start of one server and nothing else: a browser
 * keeps it for `localhost:<port>`, where tomorrow another person's server may listen and read it.
 */
export function viewerPurpose(boot: string): string {
  return `viewer ${boot}`;
}

/**
 * A code that logs one browser in, once: `<expiry>.<nonce>.<mark>`.
 * @param boot when the server it is for began, as its info file says (`started`): codes end with their server
 * @param lifetime milliseconds
 */
export function mintCode(key: Key, boot: string, lifetime: number): string {
  const text = `${(Date.now() + lifetime).toString(36)}.${randomBytes(9).toString('base64url')}`;
  return `${text}.${key.sign(`login ${boot} ${text}`)}`;
}

/** A login code for the server of a directory that began at `started`, good for two minutes. */
export async function mintLogin(dir: string, started: string): Promise<string> {
  return mintCode(await readKey(dir), started, SOON);
}

/** Takes login codes, each once. */
export class Logins {
  #key: Key;
  #boot: string;
  #used = new Map<string, number>();

  constructor(key: Key, boot: string) {
    this.#key = key;
    this.#boot = boot;
  }

  /** Whether the code opens the door; it does so only once. */
  take(code: string): boolean {
    const now = Date.now();
    for (const [used, expiry] of this.#used) if (expiry < now) this.#used.delete(used);
    // A code with something more behind it would be another string, and would open the door again.
    const [expiry = '', nonce = '', mark = '', ...more] = code.split('.');
    const ends = Number.parseInt(expiry, 36);
    if (!(ends > now) || more.length > 0 || this.#used.has(nonce)) return false;
    if (!this.#key.verify(`login ${this.#boot} ${expiry}.${nonce}`, mark)) return false;
    this.#used.set(nonce, ends);
    return true;
  }
}
