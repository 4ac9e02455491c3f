import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, WpError } from '../../shared/errors.ts';
import { layout, writeWhole } from '../store/layout.ts';
import { lock } from '../store/lock.ts';
import { type Key, readKey } from './key.ts';

/** How long another process that changes the list is waited for, milliseconds. */
const PATIENCE = 5000;

/** A token as it is listed; its secret is derived from the directory's key and stands nowhere. */
export interface TokenInfo {
  /** 8 hex digits. */
  readonly id: string;
  /** What the entries that come with it say of where they come from. */
  readonly host?: string;
  /** RFC 3339. */
  readonly created: string;
}

/**
 * The tokens that let other users and machines send files to this directory: `<id>.<secret>`, 8 and 32 hex digits.
 * `run/tokens` has a line of JSON for each; a token is good as long as its line is there.
 */
export class Tokens {
  #path: string;
  #key: Key;
  #read: { readonly stamp: string; readonly list: readonly TokenInfo[] } | undefined;

  private constructor(path: string, key: Key) {
    this.#path = path;
    this.#key = key;
  }

  /** The tokens of a webpipe directory. */
  static async of(dir: string): Promise<Tokens> {
    return new Tokens(join(layout.run(dir), 'tokens'), await readKey(dir));
  }

  /** All tokens, oldest first. Read anew when the file has changed, so that one that is revoked ends at once. */
  async list(): Promise<readonly TokenInfo[]> {
    const info = await stat(this.#path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    const stamp = info ? `${info.ino} ${info.mtimeMs} ${info.size}` : '';
    if (this.#read?.stamp !== stamp) this.#read = { stamp, list: info ? await this.#parse() : [] };
    return this.#read.list;
  }

  async #parse(): Promise<TokenInfo[]> {
    const lines = (await readFile(this.#path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      try {
        const { id, host, created } = JSON.parse(line) as Record<string, unknown>;
        if (typeof id === 'string' && /^[0-9a-f]{8}$/.test(id) && typeof created === 'string')
          return { id, created, ...(typeof host === 'string' ? { host } : {}) };
      } catch {
        // Told below.
      }
      throw new WpError('token', `${this.#path} has a line that is no token: ${line}`, 'cut the line out');
    });
  }

  /** Changes the list, one process after the other: what one has revoked must not come back by what another has read. */
  async #change(change: (list: readonly TokenInfo[]) => readonly TokenInfo[]): Promise<void> {
    const unlock = await this.#lock();
    try {
      const list = change(await this.list());
      await writeWhole(this.#path, list.map((info) => `${JSON.stringify(info)}\n`).join(''));
    } finally {
      await unlock();
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    for (const late = Date.now() + PATIENCE; ; await sleep(20)) {
      try {
        return await lock(`${this.#path}.lock`, 'the list of tokens', 'try again');
      } catch (error) {
        if (!(error instanceof WpError) || Date.now() > late) throw error;
      }
    }
  }

  #text(id: string): string {
    return `${id}.${this.#key.sign(`token ${id}`)}`;
  }

  /** Makes a token and gives it. */
  async make(host: string | undefined): Promise<string> {
    const id = randomBytes(4).toString('hex');
    const created = new Date().toISOString();
    await this.#change((list) => [...list, { id, ...(host ? { host } : {}), created }]);
    return this.#text(id);
  }

  /** Ends the tokens with this id or host, or all; gives those that were ended. */
  async revoke(which: string | undefined): Promise<readonly TokenInfo[]> {
    const isMeant = ({ id, host }: TokenInfo) => which === undefined || id === which || host === which;
    let ended: readonly TokenInfo[] = [];
    await this.#change((list) => {
      ended = list.filter(isMeant);
      return list.filter((info) => !isMeant(info));
    });
    return ended;
  }

  /** The whole token with this id, if it is good. */
  async tokenOf(id: string): Promise<string | undefined> {
    return (await this.list()).some((info) => info.id === id) ? this.#text(id) : undefined;
  }

  /** What a token opens: the host that its entries come from, and the way to ask whether it is good still. */
  async admit(token: string): Promise<{ host?: string; valid(): Promise<boolean> } | undefined> {
    const [id = '', secret = ''] = token.split('.');
    const info = (await this.list()).find((one) => one.id === id);
    if (!info || !this.#key.verify(`token ${id}`, secret) || token !== this.#text(id)) return undefined;
    return { host: info.host, valid: async () => (await this.list()).some((one) => one.id === id) };
  }
}
