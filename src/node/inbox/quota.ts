import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../shared/errors.ts';
import { isId } from '../../shared/names.ts';

/** The most that a spool holds unless `--spool-limit` changes it, bytes. */
export const SPOOL_LIMIT = 100e9;

/** The name of the directory in a spool in which the pages of unfinished entries lie: streams and previews. */
export const OPEN = 'open';

/** Items that may be added after a scan before the spool is scanned again for those that have been taken. */
const SCAN_AFTER = 1000;
/** While a spool is full, it is scanned at most for this part of the time; what does not fit waits for the next scan. */
const SCAN_SHARE = 0.1;

/** Space in a spool for something that is being stored. */
export interface Reservation {
  /** Reserves more. @throws WpError if the spool is full */
  add(bytes: number): Promise<void>;
  /** It is stored under this id, and counts until nothing in the spool has the id any more. */
  keep(id: string): void;
  /** It is not in the spool (any more). */
  release(): void;
}

/**
 * Counts the bytes in a spool and refuses more than its limit: the originals and archives that wait there, not the
 * pages made of them. Items are removed by whichever process takes them over, so what is left is found by scanning the
 * folder, which is done when the spool seems full, and now and then.
 */
export class Quota {
  #folder: string;
  #limit: number;
  /** Bytes of what is being stored. */
  #reserved = 0;
  /** Bytes of what is stored, by id. */
  #stored = new Map<string, number>();
  #storedBytes = 0;
  #scanAtSize = SCAN_AFTER;
  #nextScan = 0;
  /** A scan that is due and has not begun. */
  #pendingScan: Promise<void> | undefined;
  #lastScan: Promise<void> = Promise.resolve();

  /** @param folder the spool, absolute @param limit bytes */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  get used(): number {
    return this.#reserved + this.#storedBytes;
  }

  /** Reserves space for `bytes`. @throws WpError if the spool is full */
  async reserve(bytes: number): Promise<Reservation> {
    await this.#reserve(bytes);
    let size = bytes;
    return {
      add: async (more) => {
        await this.#reserve(more);
        size += more;
      },
      keep: (id) => {
        this.#reserved -= size;
        this.#setStored(id, size);
        size = 0;
        if (this.#stored.size > this.#scanAtSize) void this.#rescan().catch(() => {});
      },
      release: () => {
        this.#reserved -= size;
        size = 0;
      },
    };
  }

  async #reserve(bytes: number): Promise<void> {
    if (bytes > this.#limit)
      throw new WpError(
        'spool',
        `it has ${formatBytes(bytes)}, and the spool holds at most ${formatBytes(this.#limit)}`,
        'start what receives it with a larger --spool-limit',
        { isFull: true },
      );
    if (this.#isFull(bytes)) await this.#rescan();
    if (this.#isFull(bytes))
      throw new WpError(
        'spool',
        `full, ${formatBytes(this.used)} of ${formatBytes(this.#limit)} in use`,
        'send it again when the next stage has taken some of it, or start with a larger --spool-limit',
        { isFull: true },
      );
    this.#reserved += bytes;
  }

  #isFull(more: number): boolean {
    return this.used + more > this.#limit;
  }

  #setStored(id: string, bytes: number | undefined): void {
    this.#storedBytes += (bytes ?? 0) - (this.#stored.get(id) ?? 0);
    if (bytes === undefined) this.#stored.delete(id);
    else this.#stored.set(id, bytes);
  }

  /** Finds out which items have been taken over until now. Calls while a scan is pending share it. */
  #rescan(): Promise<void> {
    this.#pendingScan ??= this.#scanWhenDue();
    return this.#pendingScan;
  }

  async #scanWhenDue(): Promise<void> {
    await this.#lastScan.catch(() => {});
    const delay = this.#nextScan - Date.now();
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    this.#pendingScan = undefined;
    this.#lastScan = this.#scan();
    await this.#lastScan;
  }

  async #scan(): Promise<void> {
    const started = Date.now();
    // What is stored after this is not in the listing, and must not be taken for removed.
    const known = new Set(this.#stored.keys());
    const names = await readdir(this.#folder);
    if (names.includes(OPEN)) names.push(...(await readdir(join(this.#folder, OPEN))));
    const present = new Set(names.map((name) => name.split('.')[0] ?? ''));
    for (const id of known) if (!present.has(id)) this.#setStored(id, undefined);
    this.#scanAtSize = this.#stored.size * 2 + SCAN_AFTER;
    this.#nextScan = Date.now() + (Date.now() - started) / SCAN_SHARE;
  }

  /** Counts what an earlier run has left. To be called before anything is stored. */
  async countLeftovers(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const id = name.split('.')[0] ?? '';
      if (isId(id)) this.#setStored(id, (this.#stored.get(id) ?? 0) + (await sizeOf(join(this.#folder, name))));
    }
  }
}

/** The bytes on the disk of a file, or of all files in a directory. What has gone meanwhile has none. */
export async function sizeOf(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return 0;
  if (!info.isDirectory()) return diskSize(info);
  const names = await readdir(path).catch(() => []);
  let bytes = 0;
  for (const name of names) bytes += await sizeOf(join(path, name));
  return bytes;
}

/** The bytes that a file takes on the disk: a sparse file takes less than its size. */
export function diskSize({ size, blocks }: { readonly size: number; readonly blocks: number }): number {
  return Math.min(size, blocks * 512);
}

/** A number of bytes for people, in units of 1000: `950 B`, `1.5 MB`, `10 GB`. */
function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toFixed(value < 10 && unit > 0 ? 1 : 0))} ${units[unit]}`;
}
