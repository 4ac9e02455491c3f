import { type FileHandle, link, mkdir, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope, Reply } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { ErrorRecord } from '../../shared/records.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Reservation } from '../inbox/quota.ts';

/**
 * A file that is still being sent. It has several hard links: `path` in the inbox, and one in each directory of its
 * entry that is moved to the scroll, the first of them while the file still grows.
 */
export class LiveFile {
  readonly path: string;
  /** Resolves when the file exists. */
  readonly ready: Promise<void>;
  /** Resolves when the stream has ended and all of it is on disk. */
  readonly ended: Promise<void>;
  /** The reply to the end of the stream, used when the entry has been taken over. */
  reply: Reply | undefined;
  bytes = 0;
  /** The size that has been reported to the next stage. */
  reportedBytes = 0;
  /** Tells the sender that the rest of the stream is refused. */
  refuseStream: Envelope['refuseStream'];
  /** Whether the entry was deleted, so that nothing of the stream is wanted any more. */
  isDeleted = false;
  /** Why not everything that was sent could be stored, for people. */
  failure: string | undefined;
  #id: string;
  #handle: FileHandle | undefined;
  #space: Reservation | undefined;
  #appended: Promise<void>;
  #settleEnd!: () => void;
  /** Resolves when the file is closed. Undefined before the end. */
  #closing: Promise<void> | undefined;
  #isOver = false;
  #wake: (() => void)[] = [];

  constructor(id: string, inbox: Inbox) {
    this.#id = id;
    this.path = inbox.streamPath(id);
    this.ended = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
    this.ready = this.#create(inbox);
    this.#appended = this.ready;
    this.#appended.catch(() => {});
  }

  async #create(inbox: Inbox): Promise<void> {
    this.#space = await inbox.reserve(0);
    this.#handle = await open(this.path, 'wx', 0o600);
  }

  /** Appends a body as it arrives, after the earlier ones. */
  append(body: AsyncIterable<Uint8Array>): Promise<void> {
    const read = async () => {
      for await (const piece of body) {
        // After the end or a failure the body is read and discarded, so that the connection can continue.
        if (this.#handle && this.failure === undefined) await this.#write(this.#handle, piece);
        this.#notify();
      }
    };
    this.#appended = this.#appended.then(read, (error: unknown) => {
      this.failure ??= notStored(error);
      return read();
    });
    return this.#appended;
  }

  /** Ends the stream, and tells the sender that the rest is refused. What still arrives is read and dropped. */
  refuse(error: ErrorRecord): void {
    this.isDeleted ||= error.final === true;
    this.failure ??= error.message;
    this.refuseStream?.(error);
    this.#closing ??= this.#close();
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Ends the file after a write error. The connection continues. */
  async #write(handle: FileHandle, piece: Uint8Array): Promise<void> {
    try {
      await this.#space?.add(piece.length);
      await handle.appendFile(piece);
      this.bytes += piece.length;
    } catch (error) {
      this.refuse({ kind: 'error', id: this.#id, message: notStored(error) });
    }
  }

  /** Whether the stream has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when more has arrived, or the stream has ended, and after `ms` milliseconds if given. */
  changed(ms?: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Resolves after `ms` milliseconds, or when the stream has ended. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let rest = ms; rest > 0 && !this.#isOver; rest = until - performance.now()) await this.changed(rest);
  }

  /**
   * Ends the stream. A sender that reconnects may send the end again. It gets the answer if no other reply is pending.
   */
  async end(reply: Reply | undefined): Promise<void> {
    if (this.reply === undefined) this.reply = reply;
    else reply?.({ kind: 'error', id: this.#id, message: 'this stream has ended already' });
    // A body that broke off is in the file as far as it arrived.
    this.#closing ??= this.#appended.catch(() => {}).then(() => this.#close());
    await this.#closing;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    try {
      await handle?.datasync();
      await handle?.close();
    } catch (error) {
      this.failure ??= notStored(error);
    }
    this.#isOver = true;
    this.#settleEnd();
    this.#notify();
  }

  /** The reply to the end of the stream. If some content could not be stored, it sends the reason as an error. */
  replyForEnd(): Reply | undefined {
    const { reply, failure } = this;
    if (!reply || failure === undefined) return reply;
    return () => reply({ kind: 'error', id: this.#id, message: failure });
  }

  /** Makes an empty directory for an entry, with a link `source/<name>` to the file. */
  async linkInto(dir: string, name: string): Promise<void> {
    await rm(dir, { recursive: true, force: true });
    await mkdir(join(dir, 'source'), { recursive: true, mode: 0o700 });
    await link(this.path, join(dir, 'source', name));
  }

  /** Removes its link in the inbox. */
  async remove(): Promise<void> {
    this.#space?.release();
    await unlink(this.path).catch(() => {});
  }
}

/** Why a file is incomplete. */
function notStored(error: unknown): string {
  return error instanceof WpError ? error.message : `it could not be stored: ${messageOf(error)}`;
}
