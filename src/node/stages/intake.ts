import { linkSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Envelope } from '../../shared/envelope.ts';
import { hasCode, WpError } from '../../shared/errors.ts';
import type { LocalFacts } from '../../shared/local.ts';
import { type FileRecord, unknownFields } from '../../shared/records.ts';
import { beginCopy, inspect, SMALL, unreadable, writeBody } from '../inbox/copy.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { nextOrder } from '../inbox/notes.ts';
import { diskSize } from '../inbox/quota.ts';
import { spoolItemOf } from '../inbox/release.ts';
import { copyTree, syncTree, treeSize, unpackTree } from '../inbox/trees.ts';
import { type Chooser, headOf } from './choose.ts';
import { type Labels, labelsOf } from './labels.ts';
import type { StoredFile } from './stored-file.ts';

/** Thrown if the entry of this file has already been taken over, so that its bytes have left the spool. */
export class TakenOver extends WpError {}

/** A file that is being stored, without what its content determines. */
interface Incoming {
  readonly id: string;
  readonly record: FileRecord;
  readonly labels: Labels;
  readonly local: LocalFacts;
  /** Its position among the notes. */
  readonly order: number;
  /** The path to copy it to. */
  readonly target: string;
}

/** What storing a file determines. */
type Stored = Pick<StoredFile, 'bytes' | 'type' | 'renderer' | 'path' | 'origin' | 'durable' | 'isCopying'>;

/** Copies files into the inbox, and decides their type. */
export class Intake {
  #inbox: Inbox;
  #chooser: Chooser;

  constructor(inbox: Inbox, chooser: Chooser) {
    this.#inbox = inbox;
    this.#chooser = chooser;
  }

  /**
   * Stores a file sent by reference or by value, and its note. If it cannot be stored, nothing remains in the inbox.
   * @throws WpError if it cannot be read or received, or the inbox is full; `TakenOver`
   */
  async store({ record, body, local = {}, foreignPath }: Envelope<FileRecord>, id: string): Promise<StoredFile> {
    const { path, length } = record;
    if (length === undefined && foreignPath !== undefined)
      throw new WpError('show', `a path means nothing here (${foreignPath})`, 'send it by "wp send"');
    if (length === undefined && path === undefined)
      throw new WpError('record', 'a file has neither "path" nor "length"', 'give one of them');
    if (length === undefined && !isAbsolute(path ?? ''))
      throw new WpError('record', `the path ${path} is not absolute`, 'begin it with /');
    const labels = labelsOf(record, '');
    const target = this.#inbox.sourcePath(id, labels.name);
    const spoolItem = length === undefined ? spoolItemOf(this.#inbox.dir, path, local) : undefined;
    const facts: LocalFacts = {
      ...(spoolItem === undefined ? {} : { spoolItem }),
      ...(local.detectedType === undefined ? {} : { detectedType: local.detectedType }),
      ...(local.replace ? { replace: true } : {}),
    };
    const file: Incoming = { id, record, labels, local: facts, order: nextOrder(), target };
    try {
      const stored =
        length !== undefined
          ? await this.#storeBody(file, length, body)
          : spoolItem !== undefined && !isDirectory(path ?? '')
            ? await this.#linkItem(file, path ?? '')
            : await this.#storePath(file, path ?? '');
      if (!stored.isCopying) this.#note(file, stored);
      return { id, labels, unknownFields: unknownFields(record), local: facts, ...stored };
    } catch (error) {
      await this.#inbox.discard(id);
      throw error;
    }
  }

  /** Writes the note of a file. A note written before the copy is complete has the file's full size. */
  #note(
    { id, record, labels, local, order }: Incoming,
    { bytes, type }: Pick<Stored, 'bytes'> & Partial<Pick<Stored, 'type'>>,
    copying?: true,
  ): void {
    const hasNote: FileRecord = {
      ...unknownFields(record),
      kind: 'file',
      id,
      ...labels,
      type: type?.type ?? record.type,
      // The contents of this file are in the inbox, so its record must not refer to another path.
      ...(record.length === undefined ? { path: record.path } : {}),
    };
    const facts = { ...local, ...(type?.detectedType && { detectedType: type.detectedType }), copying };
    this.#inbox.note(id, { record: hasNote, local: facts, size: bytes }, order);
  }

  async #choose(
    { record, labels, local }: Incoming,
    path: string,
    kind: 'file' | 'directory',
  ): Promise<Pick<Stored, 'type' | 'renderer'>> {
    const head = async () => (kind === 'file' ? headOf(path) : new Uint8Array());
    const type = await this.#chooser.typeOf({ ...record, name: labels.name }, local, kind, head);
    return { type, renderer: this.#chooser.rendererFor(type) };
  }

  /** Stores a file sent by value. */
  #storeBody(file: Incoming, length: number, body: Envelope['body'] = empty()): Promise<Stored> {
    const { id, record, target } = file;
    return this.#inbox.store(id, length, async () => {
      this.#inbox.createItem(id);
      if (record.archive) {
        await unpackTree(body, target);
        const bytes = await treeSize(target);
        return { bytes, ...(await this.#choose(file, target, 'directory')), path: target, durable: async () => {} };
      }
      const { size, done: sync } = await writeBody(body, target);
      const choice = await this.#choose(file, target, 'file').catch(async (error: unknown) => {
        await sync();
        throw error;
      });
      return { bytes: size, ...choice, path: target, durable: sync };
    });
  }

  /**
   * Links a file that an earlier stage in this directory keeps until its entry is taken over. Links it and writes its
   * note synchronously, so that a kill leaves a prefix of the files in order.
   * @throws WpError; `TakenOver` if the file no longer exists
   */
  async #linkItem(file: Incoming, path: string): Promise<Stored> {
    const { id, target } = file;
    this.#inbox.createItem(id);
    try {
      linkSync(path, target);
    } catch (cause) {
      if (hasCode(cause, 'ENOENT')) throw new TakenOver('show', `${path} has been taken over`, undefined, { cause });
      throw cause;
    }
    const { size } = statSync(target);
    this.#note(file, { bytes: size });
    return { bytes: size, ...(await this.#choose(file, target, 'file')), path: target, durable: async () => {} };
  }

  /**
   * Copies a file or directory. If the page does not need all of a large file, it is rendered from the original while
   * the copy is made.
   */
  async #storePath(file: Incoming, origin: string): Promise<Stored> {
    const { id, target } = file;
    const info = await inspect(origin);
    return this.#inbox.store(id, info.isFile() ? diskSize(info) : 0, async (space) => {
      this.#inbox.createItem(id);
      const choice = await this.#choose(file, origin, info.isFile() ? 'file' : 'directory');
      if (info.isDirectory()) {
        const bytes = await copyTree(origin, target, space.add);
        await syncTree(target);
        return { bytes, ...choice, path: target, origin, durable: async () => {} };
      }
      const copy = await beginCopy(origin, target, info).catch((cause: unknown) => unreadable(origin, cause));
      const stored = { bytes: info.size, ...choice, origin, durable: () => copy.done() };
      if (info.size <= SMALL) return { ...stored, path: target };
      if (!choice.renderer.preview && !choice.renderer.first) {
        await copy.done();
        return { ...stored, path: target };
      }
      let isCopying = true;
      const end = () => {
        isCopying = false;
      };
      copy.done().then(end, end);
      this.#note(file, stored, true);
      return { ...stored, path: origin, isCopying: () => isCopying };
    });
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function* empty(): AsyncGenerator<Uint8Array> {}
