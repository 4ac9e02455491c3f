import { type FileHandle, link, mkdir, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import type { Reply } from '../../shared/message.ts';

/**
 * A file that is still being sent. Its bytes have more than one name: `spare` in the spool, which is ours, and one in
 * each directory that goes to the scroll, the first while they still grow.
 */
export class LiveFile {
  readonly spare: string;
  /** Settles when the file is there. */
  readonly ready: Promise<void>;
  /** Settles when all of it is on disk. */
  readonly ended: Promise<void>;
  /** Whom to answer when all of it has been given on. */
  reply: Reply | undefined;
  bytes = 0;
  /** The size that has been given on. */
  told = 0;
  /** Why not all that was sent could be kept, in words for people. */
  failure: string | undefined;
  #id: string;
  #handle: FileHandle | undefined;
  #chain: Promise<void>;
  #settleEnd!: () => void;
  #ending = false;
  #over = false;
  #wake: (() => void)[] = [];

  /** @param spare where its bytes are kept */
  constructor(id: string, spare: string) {
    this.#id = id;
    this.spare = spare;
    this.ended = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
    this.ready = open(this.spare, 'wx', 0o600).then((handle) => {
      this.#handle = handle;
    });
    this.#chain = this.ready;
    this.#chain.catch(() => {});
  }

  /** Appends the bytes as they come; one piece after another. */
  append(body: AsyncIterable<Uint8Array>): Promise<void> {
    const read = async () => {
      for await (const piece of body) {
        // What comes after the end, or after a failure, is read and forgotten: its sender must not be left waiting.
        if (this.#handle && this.failure === undefined) await this.#write(this.#handle, piece);
        this.#tell();
      }
    };
    this.#chain = this.#chain.then(read, (error: unknown) => {
      this.failure ??= `it could not be kept: ${messageOf(error)}`;
      return read();
    });
    return this.#chain;
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** A disk that is full is no reason to leave the sender in the middle of its sentence. */
  async #write(handle: FileHandle, piece: Uint8Array): Promise<void> {
    try {
      await handle.appendFile(piece);
      this.bytes += piece.length;
    } catch (error) {
      this.failure = `it could not be kept: ${messageOf(error)}`;
    }
  }

  /** Whether all has come, and no more is taken. */
  get over(): boolean {
    return this.#over;
  }

  /** Settles when more has come than there is now, or all of it, and at the latest after `ms`, where that is given. */
  changed(ms?: number): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Settles after `ms`, or when all has come. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.#over; left = until - performance.now()) await this.changed(left);
  }

  /** Nothing more comes. Said once more (by a sender that came back), it is answered if nobody else waits for it. */
  async end(reply: Reply | undefined): Promise<void> {
    if (this.#ending) {
      if (this.reply === undefined) this.reply = reply;
      else reply?.({ kind: 'error', id: this.#id, message: 'this stream has ended already' });
      return;
    }
    this.#ending = true;
    this.reply = reply;
    // A body that broke off has given what it could.
    await this.#chain.catch(() => {});
    const handle = this.#handle;
    this.#handle = undefined;
    try {
      await handle?.datasync();
      await handle?.close();
    } catch (error) {
      this.failure ??= `it could not be kept: ${messageOf(error)}`;
    }
    this.#over = true;
    this.#settleEnd();
    this.#tell();
  }

  /** Makes the directory of an entry anew, in which the bytes have their own name `source/<file>`. */
  async lend(dir: string, file: string): Promise<void> {
    await rm(dir, { recursive: true, force: true });
    await mkdir(join(dir, 'source'), { recursive: true, mode: 0o700 });
    await link(this.spare, join(dir, 'source', file));
  }

  /** It has been given on. */
  async remove(): Promise<void> {
    await unlink(this.spare).catch(() => {});
  }
}
