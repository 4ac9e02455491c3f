import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Envelope, Reply } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import { type EntryRecord, type FileRecord, unknownFields } from '../../shared/records.ts';
import { piecesOf } from '../codec/pieces.ts';
import { bytesOf } from '../inbox/bytes.ts';
import { inspect, unreadable } from '../inbox/copy.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { keepOutgoing, type Outgoing, packOutgoing } from '../inbox/outgoing.ts';
import { releaseEntry } from '../inbox/release.ts';
import { randomId } from '../pipeline/ids.ts';
import { createStage, type Handlers, type StageOutput } from '../pipeline/runner.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import { labelsOf } from './labels.ts';

/** Records without a waiting sender in progress at a time. */
const IN_FLIGHT = 64;

/** An open entry: its original, and how many bytes of it have been emitted. */
interface GrowingEntry {
  readonly path: string;
  bytes: number;
}

/**
 * Turns records that name files and entries into records with their contents: the bytes of a file, a tar for a
 * directory or an entry (its page and directory). Emitted records can be sent again, since their bytes stay on this
 * disk until they are acknowledged. Previews are dropped, because the page of the complete file follows. The order does
 * not change.
 */
export function send(inbox: Inbox): Stage {
  return createStage({ inFlight: IN_FLIGHT }, (output, context) => new Send(inbox, output, context).handlers());
}

class Send {
  #inbox: Inbox;
  #output: StageOutput;
  #context: StageContext;
  #growing = new Map<string, GrowingEntry>();

  constructor(inbox: Inbox, output: StageOutput, context: StageContext) {
    this.#inbox = inbox;
    this.#output = output;
    this.#context = context;
  }

  handlers(): Handlers {
    return {
      recover: async () => {
        // Files of an earlier run are not sent again. Their senders got no answer and send them again themselves.
        await this.#inbox.recover();
      },
      file: async ({ record, body, reply, sender }) => {
        const { length = 0, ...plain } = record;
        if (record.open) await this.#output.emit({ record: withoutPath(plain), reply, sender });
        else if (body) {
          const id = record.id ?? randomId();
          const stored = await keepOutgoing(this.#inbox, id, length, body);
          await this.#emitKept({ record: { ...withoutPath(plain), id }, reply, sender }, stored);
        } else await this.#emitFile({ record, reply, sender });
      },
      entry: async ({ record, local, body, reply, sender }) => {
        const { length = 0, page: _, ...plain } = record;
        if (!body) return this.#emitEntry({ record, local, reply, sender });
        const stored = await keepOutgoing(this.#inbox, record.id, length, body);
        await this.#emitKept({ record: plain, reply, sender }, stored);
      },
      more: async (envelope) => {
        const { id, bytes } = envelope.record;
        const growing = this.#growing.get(id);
        if (growing && bytes !== undefined) await this.#emitGrowth(id, growing, bytes, envelope.refuseStream);
        else for await (const piece of piecesOf(envelope)) await this.#output.emit(piece);
      },
      end: async ({ record, reply, sender }) => {
        if (record.id) this.#growing.delete(record.id);
        await this.#output.emit({ record: { ...record, length: undefined }, reply, sender });
      },
    };
  }

  async #emitFile({ record, reply, sender }: Envelope<FileRecord>): Promise<void> {
    const { path = '', id = randomId() } = record;
    if (!isAbsolute(path))
      throw new WpError('send', `${path || 'a file'}: its path is not absolute`, 'begin it with /');
    const info = await inspect(path, 'send');
    const described: FileRecord = { ...withoutPath(record), id, ...labelsOf(record, '') };
    if (info.isDirectory()) {
      const items = [{ name: basename(described.name ?? '') || 'files', path }];
      const archive = await packOutgoing(this.#inbox, id, items);
      await this.#emitKept({ record: { ...described, archive: 'tar' }, reply, sender }, archive);
      return;
    }
    await access(path, constants.R_OK).catch((cause: unknown) => unreadable(path, cause, 'send'));
    const { size } = info;
    const body = bytesOf(path, 0, size);
    await this.#output.emit({ record: { ...described, length: size }, body, isReplayable: true, reply, sender });
  }

  /**
   * Emits a record with bytes that are kept until it has been answered.
   * @param release called if they were accepted, or never will be
   */
  async #emitKept(
    { record, reply, sender }: Envelope<FileRecord | EntryRecord>,
    { length, body, remove }: Outgoing,
    release: () => Promise<void> = async () => {},
  ): Promise<void> {
    const answered: Reply = (answer) => {
      const isSettled = answer.kind === 'ack' || answer.final === true;
      const removed = remove().then(isSettled ? release : undefined);
      removed.catch((error: unknown) => this.#context.warn(messageOf(error)));
      if (reply) reply(answer);
      else if (answer.kind === 'error') this.#context.warn(answer.message);
    };
    await this.#output.emit({ record: { ...record, length }, body, isReplayable: true, reply: answered, sender });
  }

  async #emitEntry({ record, local, reply, sender }: Envelope<EntryRecord>): Promise<void> {
    const { page, ...described } = record;
    const { id, status = 'ok' } = described;
    if (status === 'accepted') {
      await this.#output.emit({ record: described, reply, sender });
      return;
    }
    // The original is still incomplete. The entry arrives again when it is complete, and is sent then.
    if (status === 'preview' || local?.copying) return reply?.({ kind: 'ack', id });
    if (!page) throw new WpError('send', `the entry ${id} has no page`, 'give its path in "page"');
    const dir = page.replace(/\.html$/, '');
    const items = [{ name: `${id}.html`, path: page }];
    if (dir !== page && (await isDirectory(dir))) items.push({ name: id, path: dir });
    const archive = await packOutgoing(this.#inbox, id, items);
    const release = async () => {
      if (status !== 'open') await releaseEntry(this.#context.dir, page, local);
    };
    await this.#emitKept({ record: { ...described, archive: 'tar' }, reply, sender }, archive, release);
    if (status !== 'open') return;
    const [path] = [...archive.sizes.keys()].filter((one) => dirname(one) === join(dir, 'source'));
    if (path) this.#growing.set(id, { path, bytes: archive.sizes.get(path) ?? 0 });
  }

  /** Emits what an entry has grown by. @param bytes its size now */
  async #emitGrowth(
    id: string,
    growing: GrowingEntry,
    bytes: number,
    refuseStream: Envelope['refuseStream'],
  ): Promise<void> {
    const { path, bytes: from } = growing;
    if (bytes <= from) return;
    growing.bytes = bytes;
    await this.#output.emit({
      record: { kind: 'more', id, length: bytes - from },
      body: bytesOf(path, from, bytes),
      isReplayable: true,
      refuseStream: (error) => {
        this.#growing.delete(id);
        refuseStream?.(error);
      },
    });
  }
}

/** The record of a file without the fields that refer to this disk. */
function withoutPath(record: FileRecord): FileRecord {
  const { id, name, title, host, time, type, archive, open } = record;
  return { ...unknownFields(record), kind: 'file', id, name, title, host, time, type, archive, open };
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
