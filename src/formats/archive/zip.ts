import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { messageOf } from '../../shared/errors.ts';
import { readForwards } from './forwards.ts';
import type { Inside } from './inside.ts';
import type { Found } from './read.ts';
import { beginOf, bytesAt, LOCAL_HEADER, lookInto, memberOf } from './zip-member.ts';

/** How long members are looked into, milliseconds. */
const LOOK_TIME = 2000;
const BLOCK = 256 * 1024;
/** Reads a file by blocks: a directory is made of small pieces, each of which would be a read of its own. */
class BlockReader extends RandomAccessReader {
  readonly file: number;
  #block = Buffer.alloc(BLOCK);
  #from = 0;
  #to = 0;

  constructor(path: string) {
    super();
    this.file = openSync(path, 'r');
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let error: Error | null = null;
    try {
      for (let done = 0; done < length; ) {
        const at = position + done;
        if (at < this.#from || at >= this.#to) {
          this.#from = at;
          this.#to = at + readSync(this.file, this.#block, 0, BLOCK, at);
          if (this.#to === at) throw new Error('it ends too early');
        }
        done += this.#block.copy(
          buffer,
          offset + done,
          at - this.#from,
          Math.min(this.#to - this.#from, at - this.#from + length - done),
        );
      }
    } catch (reason) {
      error = reason as Error;
    }
    process.nextTick(callback, error);
  }

  override _readStreamForRange(): Readable {
    throw new Error('members are read by `readerOf`');
  }

  override close(callback: (error: Error | null) => void): void {
    closeSync(this.file);
    process.nextTick(callback, null);
  }
}

/**
 * Lists a zip by its directory, which stands at its end, and looks into some of its members. One of which that cannot be
 * read is listed by what stands before each member.
 */
export async function readZip(path: string, size: number, inside: Inside, most: number): Promise<Found> {
  const found = await readDirectory(path, size, inside, most);
  if (found.members.length > 0 || found.fault === undefined) return found;
  const forwards = await readForwards(path, inside, most);
  return forwards.members.length > 0 ? forwards : found;
}

async function readDirectory(path: string, size: number, inside: Inside, most: number): Promise<Found> {
  let zip: ZipFile;
  const reader = new BlockReader(path);
  try {
    // Names are read by us: one that leads elsewhere is to be listed and not to end the list.
    const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;
    zip = await fromRandomAccessReaderPromise(reader, size, options);
  } catch (error) {
    reader.close(() => {});
    return { members: [], fault: reasonOf(error) };
  }
  const { entries, fault } = await entriesOf(zip, most);
  const until = Date.now() + LOOK_TIME;
  const members: Member[] = [];
  for (const entry of entries) {
    const member = memberOf(entry);
    const look = member.kind === 'file' && inside.room() && Date.now() < until && entry.canDecodeFileData();
    members.push(look ? { ...member, ...(await lookIntoEntry(reader.file, entry, inside)) } : member);
  }
  zip.close();
  return { members, encrypted: entries.some((entry) => entry.isEncrypted()), ...(fault && { fault }) };
}

/** Lists a zip that is in memory, and looks into none of its members. */
export async function listZip(bytes: Buffer, most: number): Promise<Found> {
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false });
    const { entries, fault } = await entriesOf(zip, most);
    return { members: entries.map(memberOf), ...(fault && { fault }) };
  } catch (error) {
    return { members: [], fault: reasonOf(error) };
  }
}

/** Why a zip was not read, in words. */
function reasonOf(error: unknown): string {
  const said = messageOf(error);
  return said.startsWith('End of central directory') ? 'it is no zip archive, or its end is missing' : said;
}

function entriesOf(zip: ZipFile, most: number): Promise<{ entries: Entry[]; fault?: string }> {
  return new Promise((done) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length >= most && entries.length < zip.entryCount)
        done({ entries, fault: `it has ${zip.entryCount} members, of which ${most} were read` });
      else zip.readEntry();
    });
    zip.on('end', () => done({ entries }));
    zip.on('error', (error: unknown) => done({ entries, fault: reasonOf(error) }));
    zip.readEntry();
  });
}

function lookIntoEntry(file: number, entry: Entry, inside: Inside): ReturnType<Inside['keep']> {
  const at = entry.relativeOffsetOfLocalHeader;
  const header = bytesAt(file, at, LOCAL_HEADER.length);
  if (header.length < LOCAL_HEADER.length) return Promise.resolve({});
  return lookInto(file, entry, beginOf(header, at), inside);
}
