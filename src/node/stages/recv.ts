import type { Answer, Envelope, Reply } from '../../shared/envelope.ts';
import { WpError } from '../../shared/errors.ts';
import type { LocalFacts } from '../../shared/local.ts';
import {
  type EntryRecord,
  type ErrorRecord,
  type FileRecord,
  type MoreRecord,
  refusalOf,
  unknownFields,
  type WireRecord,
} from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { piecesOf } from '../codec/pieces.ts';
import { type Arrival, receiveEntry, receiveFile } from '../inbox/arrivals.ts';
import { followOriginal, type GrowingOriginal } from '../inbox/growing-original.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Note } from '../inbox/notes.ts';
import { randomId } from '../pipeline/ids.ts';
import { replyWhen } from '../pipeline/reply-when.ts';
import { createStage, type Handlers, type StageOutput } from '../pipeline/runner.ts';
import { checkSize, MAX_SIZE } from '../pipeline/size-limit.ts';
import type { Stage } from '../pipeline/stage.ts';
import { Chooser, headOf } from './choose.ts';
import { labelsOf } from './labels.ts';
import { recoverArrivals } from './recv-recovery.ts';

/** Records without a waiting sender in progress at a time. */
const IN_FLIGHT = 64;

export interface RecvOptions {
  /** The largest body that is accepted, bytes. */
  readonly maxSize?: number | undefined;
}

/**
 * Stores files and entries sent by value on this disk and emits records with their paths. All senders are foreign, so
 * paths in their records are refused. A stream is passed on as it arrives. Files from an earlier run are emitted first.
 */
export function recv(inbox: Inbox, { maxSize = MAX_SIZE }: RecvOptions = {}): Stage {
  return createStage({ inFlight: IN_FLIGHT }, (output) => new Recv(inbox, output, maxSize).handlers());
}

/** A complete arrival that waits for `commit`: the record to emit, and its note. */
interface Received {
  readonly arrival: Arrival;
  /** For error messages. */
  readonly name: string;
  readonly note: Note;
}

class Recv {
  #inbox: Inbox;
  #output: StageOutput;
  #chooser: Chooser;
  #maxSize: number;
  /** The replies of senders that wait for an answer, by id. */
  #waiting = new Map<string, Reply[]>();
  /** The originals of open entries, by id. */
  #growing = new Map<string, GrowingOriginal>();

  constructor(inbox: Inbox, output: StageOutput, maxSize: number) {
    this.#inbox = inbox;
    this.#output = output;
    this.#chooser = new Chooser(inbox.dir);
    this.#maxSize = maxSize;
  }

  handlers(): Handlers {
    return {
      recover: async () => {
        for (const note of await recoverArrivals(this.#inbox)) await this.#output.emit(note);
      },
      file: (envelope) => this.#file(envelope),
      entry: (envelope) => this.#entry(envelope),
      more: (envelope) => this.#more(envelope),
      end: async ({ record, body, reply, sender }) => {
        await drain(body);
        await this.#endGrowing(record.id);
        await this.#output.emit({ record: { ...record, length: undefined }, reply, sender });
      },
      close: async () => {
        for (const id of [...this.#growing.keys()]) await this.#endGrowing(id);
      },
    };
  }

  async #more(envelope: Envelope<MoreRecord>): Promise<void> {
    const { record, body, sender, refuseStream } = envelope;
    const { id } = record;
    checkSize(record.length ?? 0, this.#maxSize);
    const growing = this.#growing.get(id);
    if (!growing || !body) {
      for await (const piece of piecesOf(envelope)) await this.#output.emit(piece);
      return;
    }
    /** After this the sender's connection delivers nothing more of the stream, not even its end. */
    const refuse = (error: ErrorRecord) => {
      refuseStream?.(error);
      if (this.#growing.get(id) === growing) this.#output.background(this.#endGrowing(id));
    };
    for await (const piece of body) {
      await growing.append(piece).catch((error: unknown) => {
        refuse(refusalOf(id, error));
        throw error;
      });
    }
    await this.#output.emit({ record: { kind: 'more', id, bytes: growing.bytes }, sender, refuseStream: refuse });
  }

  async #endGrowing(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const growing = this.#growing.get(id);
    this.#growing.delete(id);
    await growing?.close();
  }

  async #file(envelope: Envelope<FileRecord>): Promise<void> {
    const { record, body, reply, sender, foreignPath } = envelope;
    const { id = randomId(), length = 0, archive } = record;
    checkSize(length, this.#maxSize);
    if (record.open) {
      const labels = labelsOf({ ...record, path: undefined }, 'stdin');
      const opened: FileRecord = { ...unknownFields(record), kind: 'file', id: record.id, ...labels, open: true };
      await this.#output.emit({ record: withType(opened, record.type), reply, sender });
      return;
    }
    if (!body)
      throw new WpError(
        'recv',
        `a path means nothing here (${foreignPath ?? record.name ?? ''})`,
        'send it by "wp send"',
      );
    await this.#keep(envelope, id, async () => {
      const labels = labelsOf({ ...record, path: undefined }, 'file');
      const isArchive = archive !== undefined;
      const arrival = await receiveFile(this.#inbox, { id, name: labels.name, length, isArchive }, body);
      try {
        const head = async () => (isArchive ? new Uint8Array() : headOf(arrival.stagedPath));
        const kind = isArchive ? 'directory' : 'file';
        const { type, detectedType } = await this.#chooser.decideType(labels.name, record.type, kind, head);
        const otherFields = unknownFields(record);
        const file: FileRecord = { ...otherFields, kind: 'file', id, ...labels, type, path: arrival.path };
        const local: LocalFacts = { spoolItem: this.#inbox.itemPath(id), ...(detectedType && { detectedType }) };
        return { arrival, name: labels.name, note: { record: file, local } };
      } catch (error) {
        await arrival.discard();
        throw error;
      }
    });
  }

  async #entry(envelope: Envelope<EntryRecord>): Promise<void> {
    const { record, body, reply, sender } = envelope;
    const { id, status = 'ok', length = 0 } = record;
    checkSize(length, this.#maxSize);
    if (status === 'accepted') {
      await this.#output.emit({ record: localEntry(record), reply, sender });
      return;
    }
    if (!body) throw new WpError('recv', `the entry ${id} came without its page`, 'send it by "wp send"');
    const receive = async (): Promise<Received> => {
      const withoutTransport = localEntry(record);
      const arrival = await receiveEntry(this.#inbox, withoutTransport, length, body);
      const entry: EntryRecord = { ...withoutTransport, page: arrival.path };
      return { arrival, name: record.name ?? id, note: { record: entry } };
    };
    if (status !== 'open' && status !== 'preview') return this.#keep(envelope, id, receive);
    // It has no note for a restart, because it is incomplete and the complete entry follows.
    const { arrival, note } = await receive();
    await this.#endGrowing(id);
    try {
      if (status === 'open') this.#growing.set(id, await followOriginal(this.#inbox, arrival.stagedPath, id));
    } catch (error) {
      await arrival.discard();
      throw error;
    }
    arrival.commit(undefined);
    await this.#output.emit({ record: note.record, reply, sender });
  }

  /**
   * Stores an arrival and emits it at once. The sender is answered when it is on disk and has been taken over. The same
   * id may arrive several times from a sender that lost its connection; the first complete one is emitted, and all of
   * them get its answer.
   */
  async #keep(
    { body, reply, sender }: Envelope<FileRecord | EntryRecord>,
    id: string,
    receive: () => Promise<Received>,
  ): Promise<void> {
    const earlier = reply && this.#waiting.get(id);
    if (earlier) {
      earlier.push(reply);
      return drain(body);
    }
    const { arrival, name, note } = await receive();
    if (!reply) {
      arrival.commit(note);
      await arrival.durable();
      await this.#output.emit({ ...note, sender });
      return;
    }
    const first = this.#waiting.get(id);
    if (first) {
      first.push(reply);
      return arrival.discard();
    }
    const replies = [reply];
    this.#waiting.set(id, replies);
    const answerAll = (answer: Answer) => {
      this.#waiting.delete(id);
      for (const each of replies) each(answer);
    };
    try {
      arrival.commit(note);
      const answered = replyWhen(() => arrival.durable(), answerAll, { id, name });
      await this.#output.emit({ ...note, sender, reply: answered });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
  }
}

/** The record of an entry without the fields that say how its bytes arrived. */
function localEntry(record: EntryRecord): EntryRecord {
  const { id, status, name, title, type, host, time, bytes, ms, error } = record;
  const known: WireRecord = { kind: 'entry', id, status, name, title, type, host, time, bytes, ms, error };
  return { ...unknownFields(record), ...known };
}

function withType(record: FileRecord, type: string | undefined): FileRecord {
  return type === undefined ? record : { ...record, type };
}
