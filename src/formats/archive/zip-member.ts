import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { readAt } from '../../node/kit/text/file-ends.ts';
import type { MemberPreviews } from './member-previews.ts';

/** Compressed data up to this size (bytes) is inflated in one synchronous call. */
const MAX_SYNC_INFLATE = 8 * 1024;
/** A local file header (APPNOTE 4.3.7): its fixed length, and the offsets of the lengths of name and extra field. */
export const LOCAL_HEADER = { length: 30, name: 26, extra: 28 };

/** Reads up to `length` bytes of a file as a Buffer. */
export function bytesAt(file: number, position: number, length: number): Buffer {
  const bytes = readAt(file, position, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The offset of a member's data. `header`: its local file header, which begins at `headerOffset`. */
export function dataOffsetOf(header: Buffer, headerOffset: number): number {
  return (
    headerOffset +
    LOCAL_HEADER.length +
    header.readUInt16LE(LOCAL_HEADER.name) +
    header.readUInt16LE(LOCAL_HEADER.extra)
  );
}

/** A row of the listing, from a central directory or a local file header. Local headers have no mode. */
export function memberOf(entry: Entry): Member {
  const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  // Unix archivers store `st_mode` in the upper 16 bits.
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

/** The DOS date and time (APPNOTE 4.4.6), which have no time zone: shown unchanged. */
function timeOf({ lastModFileDate: date, lastModFileTime: time }: Entry): string {
  const [month, day] = [(date >> 5) & 15, date & 31];
  const [hour, minute, second] = [time >> 11, (time >> 5) & 63, (time & 31) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return '';
  const dateText = `${1980 + (date >> 9)}-${twoDigits(month)}-${twoDigits(day)}`;
  return `${dateText} ${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/**
 * Writes a preview of a member.
 * @param dataOffset the offset of the member's data in the file
 */
export function addPreview(
  file: number,
  entry: Entry,
  dataOffset: number,
  previews: MemberPreviews,
): ReturnType<MemberPreviews['add']> {
  // A damaged member is listed without a preview.
  return previews.add(entry.uncompressedSize, readerOf(file, entry, dataOffset)).catch(() => ({}));
}

/**
 * Returns a function that reads the next `length` bytes of a member. Each call inflates from the beginning: previews
 * need few bytes, and a stream per member costs more than that.
 */
function readerOf(file: number, entry: Entry, dataOffset: number): (length: number) => Promise<Uint8Array> {
  let position = 0;
  return async (length) => {
    const end = position + length;
    // Compressed data is rarely longer than the data it inflates to.
    const data = readAt(file, dataOffset, Math.min(entry.compressedSize, end + 1024));
    const unpacked = entry.compressionMethod === 0 ? data : await inflate(data, end);
    const chunk = unpacked.subarray(position, end);
    position += chunk.length;
    return chunk;
  };
}

/** Inflates at least the first `minLength` bytes, or all if there are fewer, and not much more. */
async function inflate(data: Uint8Array, minLength: number): Promise<Uint8Array> {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  // Deflate expands at most about 1000 times, so this makes a few megabytes.
  if (data.length <= MAX_SYNC_INFLATE) return inflateRawSync(data, options);
  const chunks: Buffer[] = [];
  let length = 0;
  const stream = createInflateRaw(options);
  stream.end(data);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= minLength) break;
  }
  return Buffer.concat(chunks);
}
