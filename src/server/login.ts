import { randomBytes } from 'node:crypto';
import { type Key, readKey } from './key.ts';

/** How long a code that somebody asked for just now is good, milliseconds. */
const SOON = 2 * 60_000;

/** The token that the viewer shows at every request. */
export function viewerToken(key: Key): string {
  return key.sign('viewer');
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
    const [expiry = '', nonce = '', mark = ''] = code.split('.');
    const ends = Number.parseInt(expiry, 36);
    if (!(ends > now) || this.#used.has(code) || !this.#key.verify(`login ${this.#boot} ${expiry}.${nonce}`, mark)) return false;
    this.#used.set(code, ends);
    return true;
  }
}
