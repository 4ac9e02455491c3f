import { type FileHandle, link, mkdir, open, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../model/errors.ts';
import type { Reply } from '../model/message.ts';

/**
 * A file that is still being sent. Its bytes have two names: `spare` in the spool, which is ours, and `kept` in the
 * entry's directory, which goes to the scroll while it still grows.
 */
export class LiveFile {
  readonly spare: string;
  readonly kept: string;
  /** Settles when the file is there. */
  readonly ready: Promise<void>;
  /** Settles, with whom to answer, when all of it is on disk. */
  readonly ended: Promise<Reply | undefined>;
  bytes = 0;
  /** The size that has been given on. */
  told = 0;
  /** Why not all that was sent could be kept, in words for people. */
  failure: string | undefined;
  #handle: FileHandle | undefined;
  #chain: Promise<void>;
  #settleEnd!: (reply: Reply | undefined) => void;
  #wake: (() => void)[] = [];

  constructor(spool: string, id: string, file: string) {
    this.spare = join(spool, `${id}.live`);
    this.kept = join(spool, id, 'source', file);
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
    this.#chain = this.#chain.then(async () => {
      for await (const piece of body) {
        if (this.failure === undefined) await this.#write(piece);
        for (const wake of this.#wake.splice(0)) wake();
      }
    });
    return this.#chain;
  }

  /** A disk that is full is no reason to leave the sender in the middle of its sentence. */
  async #write(piece: Uint8Array): Promise<void> {
    try {
      await this.#handle?.appendFile(piece);
      this.bytes += piece.length;
    } catch (error) {
      this.failure = `it could not be kept: ${messageOf(error)}`;
    }
  }

  /** Settles when more has come than there is now. */
  grown(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** Nothing more comes. */
  async end(reply: Reply | undefined): Promise<void> {
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
    this.#settleEnd(reply);
  }

  /** Gives the entry's directory, made anew, its own name of the bytes. */
  async lend(): Promise<void> {
    await rm(dirname(dirname(this.kept)), { recursive: true, force: true });
    await mkdir(dirname(this.kept), { recursive: true, mode: 0o700 });
    await link(this.spare, this.kept);
  }

  /** It has been given on. */
  async remove(): Promise<void> {
    await unlink(this.spare).catch(() => {});
  }
}
