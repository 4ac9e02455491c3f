import type { Envelope, Reply } from '../../shared/envelope.ts';
import { hasCode, messageOf } from '../../shared/errors.ts';
import { safeName } from '../../shared/names.ts';
import { type FileRecord, unknownFields } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { settlesWithin } from '../pipeline/deadline.ts';
import type { StageOutput } from '../pipeline/runner.ts';
import { announceFile } from './announce.ts';
import { type Chooser, headOf } from './choose.ts';
import type { RenderResult } from './job.ts';
import { labelsOf } from './labels.ts';
import { LiveFile } from './live.ts';
import type { Rendering } from './rendering.ts';
import { type StoredFile, writeEntry } from './stored-file.ts';

/** A stream that ends within this time is an ordinary file, milliseconds. */
const SHORT_STREAM = 25;
/** How long to wait for the first bytes before rendering, so that the page is not empty, milliseconds. */
const FIRST_BYTES_TIMEOUT = 1000;
/** How often growth is reported, milliseconds. */
const REPORT_INTERVAL = 100;

export interface StreamContext {
  readonly inbox: Inbox;
  readonly rendering: Rendering;
  readonly chooser: Chooser;
  readonly output: StageOutput;
  readonly signal: AbortSignal;
}

/** The open streams: files that are stored as they arrive, shown while they grow, and rendered again at their end. */
export class Streams {
  #context: StreamContext;
  #files = new Map<string, LiveFile>();

  constructor(context: StreamContext) {
    this.#context = context;
  }

  /** Whether this is the id of an open stream. */
  has(id: string): boolean {
    return this.#files.has(id);
  }

  /**
   * Opens a stream and follows it; resolves when its entry has been emitted. The same id again is the same stream. It
   * is registered before this returns, so that the next record of the connection finds it.
   */
  async open({ record, reply }: Envelope<FileRecord>, id: string): Promise<void> {
    const { inbox, chooser, output } = this.#context;
    const labels = labelsOf({ ...record, path: undefined }, 'stdin');
    const otherFields = unknownFields(record);
    const known = this.#files.get(id);
    const live = known ?? new LiveFile(id, inbox);
    if (!known) {
      this.#files.set(id, live);
      inbox.note(id, { record: { ...otherFields, kind: 'file', id, ...labels, type: record.type, open: true } });
    }
    // The type until the first bytes arrive. If they are not recognised, it stays text.
    const text = async () => new TextEncoder().encode('text\n');
    try {
      const type = await chooser.decideType(labels.name, record.type, 'file', text);
      const file: StoredFile = {
        id,
        labels,
        type,
        renderer: chooser.rendererFor(type),
        bytes: 0,
        unknownFields: otherFields,
        local: {},
        path: live.path,
        durable: () => live.ready,
      };
      // The file could not be created, for instance because the spool is full.
      await live.ready.catch(async (error: unknown) => {
        if (!known) await inbox.discard(id);
        throw error;
      });
      await announceFile(output, file, reply);
      if (!known)
        await this.#follow(file, live, record.type).catch(async (error: unknown) => {
          // The file is removed with its entry.
          if (!hasCode(error, 'ENOENT')) throw error;
          await this.#drop(id, live);
        });
    } catch (error) {
      this.#files.delete(id);
      // The sender of the stream's end gets the error too.
      void live.ended.then(() => live.reply?.({ kind: 'error', id, message: messageOf(error) }));
      throw error;
    }
  }

  /** Follows a stream from its first byte to its end. @param declared the `type` of its record */
  async #follow(file: StoredFile, live: LiveFile, declared: string | undefined): Promise<void> {
    const { inbox, rendering, output, signal } = this.#context;
    if (!(await settlesWithin(live.ended, SHORT_STREAM)) && file.renderer.live)
      await this.#showOpen(file, live, declared);
    while (!live.isOver && !live.isDeleted) {
      if (live.bytes === live.reportedBytes) {
        await live.changed();
        continue;
      }
      live.reportedBytes = live.bytes;
      await output.emit({
        record: { kind: 'more', id: file.id, bytes: live.bytes },
        refuseStream: (error) => live.refuse(error),
      });
      await live.pause(REPORT_INTERVAL);
    }
    if (live.isDeleted) return this.#drop(file.id, live);
    await live.linkInto(inbox.itemPath(file.id), safeName(file.labels.name));
    const complete = { ...(await this.#recognised(file, live, declared)), bytes: live.bytes };
    const { failure } = live;
    const result: RenderResult =
      failure === undefined ? await rendering.render(complete) : { ok: false, ms: 0, error: failure };
    const record = await writeEntry(inbox, complete, result);
    if (signal.aborted) return;
    await output.emit({ record: { kind: 'end', id: file.id, bytes: live.bytes } });
    await output.emit({ record, reply: live.replyForEnd() });
    await live.remove();
    this.#files.delete(file.id);
  }

  /**
   * Forgets a stream whose entry was deleted. If its sender waits for an answer to the end, the next stage sends it.
   */
  async #drop(id: string, live: LiveFile): Promise<void> {
    const { inbox, output } = this.#context;
    await live.end(undefined);
    await live.remove();
    await inbox.discard(id);
    this.#files.delete(id);
    const { reply, bytes } = live;
    if (reply) await output.emit({ record: { kind: 'end', id, bytes }, reply });
  }

  async #showOpen(file: StoredFile, live: LiveFile, declared: string | undefined): Promise<void> {
    const { inbox, rendering, output } = this.#context;
    if (live.bytes === 0) await live.changed(FIRST_BYTES_TIMEOUT);
    await live.linkInto(inbox.itemPath(file.id, true), safeName(file.labels.name));
    const recognised = await this.#recognised(file, live, declared);
    // A page that cannot follow a growing file is made at the end; until then the file is shown as text.
    const shown = recognised.renderer.live ? recognised : file;
    const result = await rendering.render(shown, { path: live.path, open: true, bytes: live.bytes });
    await output.emit({ record: await writeEntry(inbox, shown, result, 'open', live.bytes) });
  }

  /** The file with its current type, which may have been detected from the first bytes meanwhile. */
  async #recognised(file: StoredFile, live: LiveFile, declared: string | undefined): Promise<StoredFile> {
    const { chooser } = this.#context;
    const type = await chooser.decideType(file.labels.name, declared, 'file', () => headOf(live.path));
    return { ...file, type, renderer: chooser.rendererFor(type) };
  }

  /** Appends the next bytes of an open stream. */
  async append(id: string, body: Envelope['body'], refuseStream: Envelope['refuseStream']): Promise<void> {
    const live = this.#files.get(id);
    if (!live || !body) return drain(body);
    live.refuseStream = refuseStream;
    await live.append(body);
  }

  /** Ends an open stream. @param reply called when its entry has been taken over */
  async end(id: string, reply: Reply | undefined): Promise<void> {
    await this.#files.get(id)?.end(reply);
  }
}
