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
/** Of a zip of more than so many bytes, whose page should not wait for it, so many members are looked into. */
const LARGE = 8 * 1024 ** 2;
const LOOKS = 60;

const BLOCK = 256 * 1024;
/** So much of what is packed is unpacked in one go. */
const AT_ONCE = 8 * 1024;
/** What stands before the bytes of a member (APPNOTE 4.3.7), and where in it the lengths of its name and of more are. */
const LOCAL_HEADER = { length: 30, name: 26, extra: 28 };

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
    return { members: [], fault: reasonOf(error) };
  }
  const { entries, fault } = await entriesOf(zip, most);
  const until = Date.now() + LOOK_TIME;
  const members: Member[] = [];
  for (const entry of entries) {
    const member = memberOf(entry);
    const look =
      member.kind === 'file' && looks > 0 && inside.room() && Date.now() < until && entry.canDecodeFileData();
    if (look) looks--;
    members.push(look ? { ...member, ...(await lookInto(reader.file, entry, inside)) } : member);
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

/** As it stands there, in the time of wherever it was packed: a date and a time of DOS (APPNOTE 4.4.6). */
function timeOf({ lastModFileDate: date, lastModFileTime: time }: Entry): string {
  const [month, day] = [(date >> 5) & 15, date & 31];
  const [hour, minute, second] = [time >> 11, (time >> 5) & 63, (time & 31) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return '';
  return `${1980 + (date >> 9)}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

function lookInto(file: number, entry: Entry, inside: Inside): Promise<Pick<Member, 'href' | 'look'>> {
  // One that is damaged is listed all the same.
  return inside.keep(entry.uncompressedSize, readerOf(file, entry)).catch(() => ({}));
}

/**
 * Gives the bytes of a member, each time those after the last. The first few are read and unpacked in one go: a stream
 * for each of many members costs more than all of that.
 */
function readerOf(file: number, entry: Entry): (length: number) => Promise<Uint8Array> {
  let given = 0;
  let begin: number | undefined;
  return async (length) => {
    const wanted = given + length;
    begin ??= beginOf(file, entry);
    // What is packed is hardly ever longer than what it unpacks to.
    const data = readAt(file, begin, Math.min(entry.compressedSize, wanted + 1024));
    const unpacked = entry.compressionMethod === 0 ? data : await inflate(data, wanted);
    const part = unpacked.subarray(given, wanted);
    given += part.length;
    return part;
  };
}

/** Where the bytes of a member begin. */
function beginOf(file: number, { relativeOffsetOfLocalHeader: at }: Entry): number {
  const header = Buffer.from(readAt(file, at, LOCAL_HEADER.length));
  return at + LOCAL_HEADER.length + header.readUInt16LE(LOCAL_HEADER.name) + header.readUInt16LE(LOCAL_HEADER.extra);
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
