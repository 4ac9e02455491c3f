import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { readAt } from '../../node/kit/text/file-ends.ts';
import type { Inside } from './inside.ts';

/** So much of what is packed is unpacked in one go. */
const AT_ONCE = 8 * 1024;
/** What stands before the bytes of a member (APPNOTE 4.3.7), and where in it the lengths of its name and of more are. */
export const LOCAL_HEADER = { length: 30, name: 26, extra: 28 };

/** Bytes of a file, as many as there are, with the methods of a Buffer. */
export function bytesAt(file: number, position: number, length: number): Buffer {
  const bytes = readAt(file, position, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Where the bytes of a member begin, by what stands before them from a place on. */
export function beginOf(header: Buffer, at: number): number {
  return at + LOCAL_HEADER.length + header.readUInt16LE(LOCAL_HEADER.name) + header.readUInt16LE(LOCAL_HEADER.extra);
}

/** As the directory has it, or what stands before it, which knows nothing of its mode. */
export function memberOf(entry: Entry): Member {
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

/** @param begin where its bytes begin in the file */
export function lookInto(file: number, entry: Entry, begin: number, inside: Inside): ReturnType<Inside['keep']> {
  // One that is damaged is listed all the same.
  return inside.keep(entry.uncompressedSize, readerOf(file, entry, begin)).catch(() => ({}));
}

/**
 * Gives the bytes of a member, each time those after the last. The first few are read and unpacked in one go: a stream
 * for each of many members costs more than all of that.
 */
function readerOf(file: number, entry: Entry, begin: number): (length: number) => Promise<Uint8Array> {
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
