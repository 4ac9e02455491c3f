import { fstatSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { parseExtraFields } from 'yauzl';
import type { Member } from '../listing/tree.ts';
import { readAt } from '../text/ends.ts';
import type { Inside } from './inside.ts';
import type { Found } from './read.ts';
import { LOCAL_HEADER, lookInto, memberOf, type ZipHeader } from './zip.ts';

/** How long a zip is read this way, milliseconds. */
const TIME = 2000;
const PIECE = 64 * 1024;
/** Signatures, as numbers in little endian: of a member, of one in the directory, of what follows a member (APPNOTE 4.3). */
const MEMBER = 0x04034b50;
const DIRECTORY = 0x02014b50;
/** Bits of the flags: it is encrypted; its sizes stand after it. */
const ENCRYPTED = 1;
const SIZES_AFTER = 8;
/** How methods of packing are numbered: as it is, and deflate. */
const [STORED, DEFLATED] = [0, 8];
/** A size that stands in the extra field of zip64. */
const IN_ZIP64 = 0xffffffff;
const ZIP64 = 1;
/** How long what follows a member may be: check sum and two sizes of 4 or 8 bytes, with a signature or without. */
const AFTER = [16, 12, 24, 20];

/**
 * Lists a zip from its beginning, by what stands before each member, and looks into some: it needs no directory, and so
 * no end of the file. Modes and comments stand in the directory only.
 * @returns its fault says where it stopped
 */
export async function readForwards(file: number, inside: Inside, most: number): Promise<Found> {
  const end = fstatSync(file).size;
  const until = Date.now() + TIME;
  const members: Member[] = [];
  let encrypted = false;
  const stopped = (fault: string): Found => ({ members, encrypted, fault });
  for (let at = 0; at < end; ) {
    if (members.length >= most) return stopped(`it has more than ${most} members`);
    if (Date.now() > until) return stopped(`reading all of it takes more than ${TIME / 1000} seconds`);
    const found = headerAt(file, at);
    if (!found) break;
    const { begin } = found;
    let { header } = found;
    encrypted ||= (header.generalPurposeBitFlag & ENCRYPTED) !== 0;
    let next = begin + header.compressedSize;
    if (header.generalPurposeBitFlag & SIZES_AFTER && header.compressedSize === 0) {
      const { whole, ...sizes } = await sizesOf(file, header, begin, until);
      header = { ...header, ...sizes };
      next = whole ? afterMember(file, begin + sizes.compressedSize) : end;
    }
    const member = memberOf(header);
    const look = member.kind === 'file' && isReadable(header) && inside.room();
    members.push(look ? { ...member, ...(await lookInto(file, header, begin, inside)) } : member);
    at = next;
  }
  return stopped('its directory, which stands at its end, is missing or damaged');
}

/** What stands before the member at a place, and where its bytes begin; undefined where there is none. */
function headerAt(file: number, at: number): { header: ZipHeader; begin: number } | undefined {
  const head = Buffer.from(readAt(file, at, LOCAL_HEADER.length));
  if (head.length < LOCAL_HEADER.length || head.readUInt32LE(0) !== MEMBER) return undefined;
  const name = head.readUInt16LE(LOCAL_HEADER.name);
  const rest = Buffer.from(readAt(file, at + LOCAL_HEADER.length, name + head.readUInt16LE(LOCAL_HEADER.extra)));
  const extraFields = extraOf(rest.subarray(name));
  const zip64 = extraFields.find(({ id, data }) => id === ZIP64 && data.length >= 16)?.data;
  const size = (place: number, larger: number) => {
    const bytes = head.readUInt32LE(place);
    return bytes === IN_ZIP64 && zip64 ? Number(zip64.readBigUInt64LE(larger)) : bytes;
  };
  const header = {
    generalPurposeBitFlag: head.readUInt16LE(6),
    compressionMethod: head.readUInt16LE(8),
    lastModFileTime: head.readUInt16LE(10),
    lastModFileDate: head.readUInt16LE(12),
    compressedSize: size(18, 8),
    uncompressedSize: size(22, 0),
    fileNameRaw: rest.subarray(0, name),
    extraFields,
  };
  return { header, begin: at + LOCAL_HEADER.length + rest.length };
}

function extraOf(bytes: Buffer): ZipHeader['extraFields'] {
  try {
    return parseExtraFields(bytes);
  } catch {
    // The name and the sizes are there without it.
    return [];
  }
}

/**
 * The sizes of a member that are only told after it: it is unpacked to see where it ends. Where that is not found, they
 * are those of what is there.
 */
async function sizesOf(
  file: number,
  header: ZipHeader,
  begin: number,
  until: number,
): Promise<Pick<ZipHeader, 'compressedSize' | 'uncompressedSize'> & { whole: boolean }> {
  let size = 0;
  const rest = Math.max(0, fstatSync(file).size - begin);
  if (!isReadable(header) || header.compressionMethod === STORED)
    return { compressedSize: rest, uncompressedSize: rest, whole: false };
  const unpacked = Readable.from(piecesFrom(file, begin)).pipe(createInflateRaw());
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      size += piece.length;
      if (Date.now() > until) break;
    }
    if (Date.now() <= until) return { compressedSize: unpacked.bytesWritten, uncompressedSize: size, whole: true };
  } catch {
    // It is damaged or cut there.
  }
  return { compressedSize: rest, uncompressedSize: size, whole: false };
}

function isReadable({ compressionMethod: method, generalPurposeBitFlag: flags }: ZipHeader): boolean {
  return (method === STORED || method === DEFLATED) && (flags & ENCRYPTED) === 0;
}

function* piecesFrom(file: number, begin: number): Generator<Uint8Array> {
  for (let at = begin; ; ) {
    const piece = readAt(file, at, PIECE);
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

/** Where the next member begins, or the directory. */
function afterMember(file: number, end: number): number {
  const bytes = Buffer.from(readAt(file, end, Math.max(...AFTER) + 4));
  const length = AFTER.find((after) => {
    const mark = bytes.length >= after + 4 && bytes.readUInt32LE(after);
    return mark === MEMBER || mark === DIRECTORY;
  });
  return end + (length ?? 0);
}
