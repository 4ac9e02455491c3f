import { closeSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import {
  type Entry,
  fromBufferPromise,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from 'yauzl';
import { messageOf } from '../../model/errors.ts';
import type { Member } from '../listing/tree.ts';
import type { Inside } from './inside.ts';
import type { Found } from './read.ts';

/** How long members are looked into, milliseconds. */
const LOOK_TIME = 2000;
/** Of a zip of more than so many bytes, whose page should not wait for it, so many members are looked into. */
const LARGE = 8 * 1024 ** 2;
const LOOKS = 60;

const BLOCK = 256 * 1024;

/** Reads a file by blocks: a directory is made of small pieces, each of which would be a read of its own. */
class BlockReader extends RandomAccessReader {
  #file: number;
  #block = Buffer.alloc(BLOCK);
  #from = 0;
  #to = 0;

  constructor(path: string) {
    super();
    this.#file = openSync(path, 'r');
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
          this.#to = at + readSync(this.#file, this.#block, 0, BLOCK, at);
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

  override _readStreamForRange(start: number, end: number): Readable {
    const file = this.#file;
    let at = start;
    // Most are left after a few bytes.
    return new Readable({
      highWaterMark: 8192,
      read(size) {
        const buffer = Buffer.alloc(Math.min(size, end - at));
        const length = readSync(file, buffer, 0, buffer.length, at);
        at += length;
        this.push(length > 0 ? buffer.subarray(0, length) : null);
      },
    });
  }

  override close(callback: (error: Error | null) => void): void {
    closeSync(this.#file);
    process.nextTick(callback, null);
  }
}

/** Lists a zip by its directory, which stands at its end, and looks into some of its members. */
export async function readZip(path: string, size: number, inside: Inside, most: number): Promise<Found> {
  let looks = size > LARGE ? LOOKS : Number.POSITIVE_INFINITY;
  let zip: ZipFile;
  const reader = new BlockReader(path);
  try {
    // Names are read by us: one that leads elsewhere is to be listed and not to end the list.
    const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;
    zip = await fromRandomAccessReaderPromise(reader, size, options);
  } catch (error) {
    reader.close(() => {});
    return { members: [], fault: faultOf(error) };
  }
  const { entries, fault } = await entriesOf(zip, most);
  const until = Date.now() + LOOK_TIME;
  const members: Member[] = [];
  for (const entry of entries) {
    const member = memberOf(entry);
    const look =
      member.kind === 'file' && looks > 0 && inside.room() && Date.now() < until && entry.canDecodeFileData();
    if (look) looks--;
    members.push(look ? { ...member, ...(await lookInto(zip, entry, inside)) } : member);
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
    return { members: [], fault: faultOf(error) };
  }
}

/** Why a zip was not read, in words. */
function faultOf(error: unknown): string {
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
    zip.on('error', (error: unknown) => done({ entries, fault: faultOf(error) }));
    zip.readEntry();
  });
}

function memberOf(entry: Entry): Member {
  const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  // Unix keeps its mode in the upper half, with the kind of file.
  const mode = entry.externalFileAttributes >>> 16;
  const kind = /[/\\]$/.test(path) ? 'folder' : (mode & 0o170000) === 0o120000 ? 'link' : 'file';
  return {
    path,
    kind,
    size: entry.uncompressedSize,
    packed: entry.compressedSize,
    time: timeOf(entry),
    ...(mode > 0 && { mode }),
  };
}

/** As it stands there: in the time of wherever it was packed. */
function timeOf(entry: Entry): string {
  const time = entry.getLastModDate({ timezone: 'UTC', forceDosFormat: true });
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 19).replace('T', ' ');
}

async function lookInto(zip: ZipFile, entry: Entry, inside: Inside): Promise<Pick<Member, 'href' | 'look'>> {
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(entry);
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let held = Buffer.alloc(0);
    return await inside.keep(entry.uncompressedSize, async (length) => {
      while (held.length < length) {
        const next = await pieces.next();
        if (next.done) break;
        held = Buffer.concat([held, next.value]);
      }
      const part = held.subarray(0, length);
      held = held.subarray(part.length);
      return part;
    });
  } catch {
    // One that is damaged is listed all the same.
    return {};
  } finally {
    stream?.destroy();
  }
}
