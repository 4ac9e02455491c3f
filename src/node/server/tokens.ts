import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, WpError } from '../../shared/errors.ts';
import { layout } from '../directory/directory.ts';
import { lock } from '../directory/lock.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import { type Key, readKey } from './key.ts';

/** How long to wait for another process that changes the list, milliseconds, and how often to try. */
const LOCK_TIMEOUT = 5000;
const LOCK_INTERVAL = 20;

/** A token as it is listed. Its secret is derived from the directory's key and is not stored. */
export interface TokenInfo {
  /** 8 hex digits. */
  readonly id: string;
  /** The host that its entries get, whatever the sender says. */
  readonly host?: string;
  /** RFC 3339. */
  readonly created: string;
}

/** What a valid token admits. */
interface Admission {
  /** The host that its entries get. */
  readonly host?: string;
  /** Whether the token is still valid. */
  valid(): Promise<boolean>;
}

/**
 * The tokens that let other users and machines send files to this directory: `<id>.<secret>`, 8 and 32 hex digits.
 * `run/tokens` has a line of JSON for each; a token is valid for as long as its line is there.
 */
export class Tokens {
  #path: string;
  #key: Key;
  #cache: { readonly version: string; readonly list: readonly TokenInfo[] } | undefined;

  private constructor(path: string, key: Key) {
    this.#path = path;
    this.#key = key;
  }

  /** The tokens of a webpipe directory. */
  static async of(dir: string): Promise<Tokens> {
    return new Tokens(join(layout.run(dir), 'tokens'), await readKey(dir));
  }

  /** All tokens, oldest first. The file is read again when it has changed, so that revoking takes effect at once. */
  async list(): Promise<readonly TokenInfo[]> {
    const info = await stat(this.#path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    const version = info ? `${info.ino} ${info.mtimeMs} ${info.size}` : '';
    if (this.#cache?.version !== version) this.#cache = { version, list: info ? await this.#read() : [] };
    return this.#cache.list;
  }

  async #read(): Promise<TokenInfo[]> {
    const lines = (await readFile(this.#path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const info = parseTokenInfo(line);
      if (info) return info;
      throw new WpError('token', `${this.#path} has a line that is no token: ${line}`, 'cut the line out');
    });
  }

  /** Changes the list. Processes take turns, so that one does not restore what another has revoked. */
  async #change(change: (list: readonly TokenInfo[]) => readonly TokenInfo[]): Promise<void> {
    const unlock = await this.#lock();
    try {
      const list = change(await this.list());
      await writeFileAtomic(this.#path, list.map((info) => `${JSON.stringify(info)}\n`).join(''));
    } finally {
      await unlock();
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    for (const deadline = Date.now() + LOCK_TIMEOUT; ; await sleep(LOCK_INTERVAL)) {
      try {
        return await lock(`${this.#path}.lock`, 'the list of tokens', 'try again');
      } catch (error) {
        if (!(error instanceof WpError) || Date.now() > deadline) throw error;
      }
    }
  }

  #tokenFor(id: string): string {
    return `${id}.${this.#key.sign(`token ${id}`)}`;
  }

  /** Makes a token. @param host the host that its entries get; undefined to let senders say it */
  async make(host: string | undefined): Promise<string> {
    const id = randomBytes(4).toString('hex');
    const created = new Date().toISOString();
    await this.#change((list) => [...list, { id, ...(host ? { host } : {}), created }]);
    return this.#tokenFor(id);
  }

  /** Revokes the tokens with this id or host, or all. @returns those that were revoked */
  async revoke(which: string | undefined): Promise<readonly TokenInfo[]> {
    const matches = ({ id, host }: TokenInfo) => which === undefined || id === which || host === which;
    let revoked: readonly TokenInfo[] = [];
    await this.#change((list) => {
      revoked = list.filter(matches);
      return list.filter((info) => !matches(info));
    });
    return revoked;
  }

  /** The token with this id, if it is valid. */
  async tokenOf(id: string): Promise<string | undefined> {
    return (await this.list()).some((info) => info.id === id) ? this.#tokenFor(id) : undefined;
  }

  /** What a token admits; undefined if it is not valid. */
  async admit(token: string): Promise<Admission | undefined> {
    const [id = '', secret = ''] = token.split('.');
    const info = (await this.list()).find((one) => one.id === id);
    if (!info || !this.#key.verify(`token ${id}`, secret) || token !== this.#tokenFor(id)) return undefined;
    return { host: info.host, valid: async () => (await this.list()).some((one) => one.id === id) };
  }
}

/** Parses a line of the file. @returns undefined if it is not one */
function parseTokenInfo(line: string): TokenInfo | undefined {
  try {
    const { id, host, created } = JSON.parse(line) as Record<string, unknown>;
    if (typeof id !== 'string' || !/^[0-9a-f]{8}$/.test(id) || typeof created !== 'string') return undefined;
    return { id, created, ...(typeof host === 'string' ? { host } : {}) };
  } catch {
    return undefined;
  }
}
