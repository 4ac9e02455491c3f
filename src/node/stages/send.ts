import { constants } from 'node:fs';
import { access, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../../shared/message.ts';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { piecesOf } from '../codec/pieces.ts';
import { Channel } from '../pipeline/channel.ts';
import { randomId } from '../pipeline/inlet.ts';
import { pack } from './archive.ts';
import { bytesOf } from './bytes.ts';
import { inspect, unreadable, writeBody } from './intake.ts';
import { tidyUp } from './tidy.ts';

/**
 * Names of files and entries become records that carry their contents: a file by its bytes, a directory and an entry
 * (its page and directory) as a tar. What is given can be sent more than once, since its bytes are on this disk until it
 * is answered for. What cannot be read is told and left out. Order stays.
 */
export const send: Stage = (input, context) => {
  const out = new Channel<Message>(4);
  const work = new Send(context, out);
  void work.run(input).then(
    () => out.close(),
    (error) => out.close(error),
  );
  return out;
};

/** An entry that still grows: its original, and how many bytes of it have been given on. */
interface Growing {
  readonly path: string;
  bytes: number;
}

class Send {
  #context: StageContext;
  #out: Channel<Message>;
  #growing = new Map<string, Growing>();

  constructor(context: StageContext, out: Channel<Message>) {
    this.#context = context;
    this.#out = out;
  }

  async run(input: AsyncIterable<Message>): Promise<void> {
    for await (const message of input) {
      try {
        await this.#take(message);
      } catch (error) {
        await this.#refuse(message, error);
      }
    }
  }

  async #take(message: Message): Promise<void> {
    const { record, body } = message;
    if (record.kind === 'file') {
      if (record.open) await this.#out.push(message);
      else if (body) await this.#giveKept(message, record.id ?? randomId());
      else await this.#giveFile(message as Message<FileRecord>);
    } else if (record.kind === 'entry') {
      if (body) await this.#giveKept(message, record.id);
      else await this.#giveEntry(message as Message<EntryRecord>);
    } else if (record.kind === 'more') {
      const growing = this.#growing.get(record.id);
      if (growing && record.bytes !== undefined) await this.#giveMore(record.id, growing, record.bytes);
      else for await (const piece of piecesOf(message)) await this.#out.push(piece);
    } else if (record.kind === 'end') {
      if (record.id) this.#growing.delete(record.id);
      await this.#out.push(message);
    } else {
      if (record.kind === 'error') this.#context.warn(record.message);
      await drain(body);
    }
  }

  async #refuse({ record, body, reply }: Message, error: unknown): Promise<void> {
    const line = messageOf(error);
    if (reply) reply({ kind: 'error', id: typeof record.id === 'string' ? record.id : undefined, message: line });
    else this.#context.warn(line);
    await drain(body).catch(() => {});
  }

  async #giveFile({ record, reply, from }: Message<FileRecord>): Promise<void> {
    const { path = '', kind, id = randomId(), ...rest } = record;
    if (!isAbsolute(path))
      throw new WpError('send', `${path || 'a file'}: its path is not absolute`, 'begin it with /');
    const info = await inspect(path, 'send');
    const labels = { name: basename(path), host: hostname(), time: new Date().toISOString() };
    const full = { kind, id, ...labels, ...rest };
    if (info.isDirectory()) {
      await this.#giveArchive([{ name: basename(full.name ?? '') || 'files', path }], full, reply, from);
      return;
    }
    await access(path, constants.R_OK).catch((cause: unknown) => unreadable(path, cause, 'send'));
    const { size } = info;
    await this.#out.push({ record: { ...full, length: size }, body: bytesOf(path, 0, size), again: true, reply, from });
  }

  /**
   * Packs `items` and gives `record` with the archive; `done` is called when it has been answered for.
   * @returns the sizes of what was packed, by path
   */
  async #giveArchive(
    items: Parameters<typeof pack>[0],
    record: FileRecord | EntryRecord,
    reply: Reply | undefined,
    from: object | undefined,
    done?: () => Promise<void>,
  ): Promise<ReadonlyMap<string, number>> {
    const path = join(this.#context.spool, `${record.id}.${randomId().slice(0, 8)}.tar`);
    const sizes = await pack(items, path).catch(async (error: unknown) => {
      await rm(path, { force: true });
      throw error;
    });
    await this.#giveBytes(path, { ...record, archive: 'tar' }, reply, from, done);
    return sizes;
  }

  /** Gives `record` with the bytes of a file of ours, which is removed when it has been answered for. */
  async #giveBytes(
    path: string,
    record: FileRecord | EntryRecord,
    reply: Reply | undefined,
    from: object | undefined,
    done: () => Promise<void> = async () => {},
  ): Promise<void> {
    const { size } = await stat(path);
    const answered: Reply = (answer) => {
      const tidied = rm(path, { force: true }).then(answer.kind === 'ack' ? done : undefined);
      tidied.catch((error: unknown) => this.#context.warn(messageOf(error)));
      if (reply) reply(answer);
      else if (answer.kind === 'error') this.#context.warn(answer.message);
    };
    const body = bytesOf(path, 0, size);
    await this.#out.push({ record: { ...record, length: size }, body, again: true, reply: answered, from });
  }

  /** What comes by value is kept until it has been answered for: it may have to be sent again. */
  async #giveKept(message: Message, id: string): Promise<void> {
    const { body, reply, from } = message;
    const record = { ...(message.record as FileRecord | EntryRecord), id } as FileRecord | EntryRecord;
    const path = join(this.#context.spool, `${id}.${randomId().slice(0, 8)}.body`);
    try {
      if (body) await (await writeBody(body, path)).done();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    await this.#giveBytes(path, record, reply, from);
  }

  async #giveEntry(message: Message<EntryRecord>): Promise<void> {
    const { reply, from } = message;
    const { page, kept: _k, copying, renewed: _r, ...record } = message.record;
    const { id, status = 'ok' } = record;
    if (status === 'accepted') {
      await this.#out.push({ record, reply, from });
      return;
    }
    // Its original is still on its way here: it goes when it is whole, with all of it.
    if (copying === true) return reply?.({ kind: 'ack', id });
    if (!page) throw new WpError('send', `the entry ${id} has no page`, 'give its path in "page"');
    const dir = page.replace(/\.html$/, '');
    const items = [{ name: `${id}.html`, path: page }];
    if (dir !== page && (await isDirectory(dir))) items.push({ name: id, path: dir });
    if (status !== 'open') {
      await this.#giveArchive(items, record, reply, from, () => tidyUp(this.#context.dir, message.record));
      return;
    }
    const sizes = await this.#giveArchive(items, record, reply, from);
    const [path] = [...sizes.keys()].filter((one) => dirname(one) === join(dir, 'source'));
    if (path) this.#growing.set(id, { path, bytes: sizes.get(path) ?? 0 });
  }

  /** The entry has grown to `bytes`: gives what has come since. */
  async #giveMore(id: string, growing: Growing, bytes: number): Promise<void> {
    const { path, bytes: from } = growing;
    if (bytes <= from) return;
    growing.bytes = bytes;
    await this.#out.push({
      record: { kind: 'more', id, length: bytes - from },
      body: bytesOf(path, from, bytes),
      again: true,
    });
  }
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
