import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
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
import { readAt } from '../text/ends.ts';
import type { Inside } from './inside.ts';
import type { Found } from './read.ts';

/** How long members are looked into, milliseconds. */
const LOOK_TIME = 2000;
const BLOCK = 256 * 1024;
/** So much of what is packed is unpacked in one go. */
const AT_ONCE = 8 * 1024;
/** What stands before the bytes of a member (APPNOTE 4.3.7), and where in it the lengths of its name and of more are. */
export const LOCAL_HEADER = { length: 30, name: 26, extra: 28 };

/** What the directory and the header before a member both say of it. */
export type ZipHeader = Pick<
  Entry,
  | 'generalPurposeBitFlag'
  | 'compressionMethod'
  | 'lastModFileDate'
  | 'lastModFileTime'
  | 'compressedSize'
  | 'uncompressedSize'
  | 'fileNameRaw'
  | 'extraFields'
>;

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
  const { readForwards } = await import('./forwards.ts');
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
    const member = memberOf(entry, entry.externalFileAttributes);
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
    return { members: entries.map((entry) => memberOf(entry, entry.externalFileAttributes)), ...(fault && { fault }) };
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

/** @param attributes those of the directory: Unix keeps its mode in their upper half, with the kind of file */
export function memberOf(entry: ZipHeader, attributes = 0): Member {
  const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const mode = attributes >>> 16;
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

/** As it stands there, in the time of wherever it was packed: a date and a time of DOS (APPNOTE 4.4.6). */
function timeOf({ lastModFileDate: date, lastModFileTime: time }: ZipHeader): string {
  const [month, day] = [(date >> 5) & 15, date & 31];
  const [hour, minute, second] = [time >> 11, (time >> 5) & 63, (time & 31) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return '';
  return `${1980 + (date >> 9)}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

function lookIntoEntry(file: number, entry: Entry, inside: Inside): ReturnType<Inside['keep']> {
  const header = Buffer.from(readAt(file, entry.relativeOffsetOfLocalHeader, LOCAL_HEADER.length));
  if (header.length < LOCAL_HEADER.length) return Promise.resolve({});
  const begin =
    entry.relativeOffsetOfLocalHeader +
    LOCAL_HEADER.length +
    header.readUInt16LE(LOCAL_HEADER.name) +
    header.readUInt16LE(LOCAL_HEADER.extra);
  return lookInto(file, entry, begin, inside);
}

/** @param begin where its bytes begin in the file */
export function lookInto(file: number, entry: ZipHeader, begin: number, inside: Inside): ReturnType<Inside['keep']> {
  // One that is damaged is listed all the same.
  return inside.keep(entry.uncompressedSize, readerOf(file, entry, begin)).catch(() => ({}));
}

/**
 * Gives the bytes of a member, each time those after the last. The first few are read and unpacked in one go: a stream
 * for each of many members costs more than all of that.
 */
function readerOf(file: number, entry: ZipHeader, begin: number): (length: number) => Promise<Uint8Array> {
  let given = 0;
  return async (length) => {
    const wanted = given + length;
    // What is packed is hardly ever longer than what it unpacks to.
    const data = readAt(file, begin, Math.min(entry.compressedSize, wanted + 1024));
    const unpacked = entry.compressionMethod === 0 ? data : await inflate(data, wanted);
    const part = unpacked.subarray(given, wanted);
    given += part.length;
    return part;
  };
}

/** The first `wanted` bytes of what unpacks from this, or as many as there are; no more are made. */
async function inflate(data: Uint8Array, wanted: number): Promise<Uint8Array> {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  // So little makes a few megabytes at most.
  if (data.length <= AT_ONCE) return inflateRawSync(data, options);
  const pieces: Buffer[] = [];
  let length = 0;
  const stream = createInflateRaw(options);
  stream.end(data);
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length >= wanted) break;
  }
  return Buffer.concat(pieces);
}
