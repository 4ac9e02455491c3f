import { closeSync, fstatSync, openSync } from 'node:fs';
import { Entry, parseExtraFields } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import type { Inside } from './inside.ts';
import type { Found } from './read.ts';
import { beginOf, bytesAt, LOCAL_HEADER, lookInto, memberOf } from './zip-member.ts';

/** How long a zip is read this way, milliseconds. */
const TIME = 2000;
const PIECE = 256 * 1024;
/** Signatures, as numbers in little endian: of a member, of one in the directory (APPNOTE 4.3). */
const MEMBER = 0x04034b50;
const DIRECTORY = 0x02014b50;
/** Of the sizes that stand after a member (APPNOTE 4.3.9), and how long they are, also where a size takes 8 bytes. */
const SIZES = Buffer.from('PK\x07\x08');
const [SHORT, LONG] = [16, 24];
/** The same without the signature. */
const BARE = [12, 20];
/** A bit of the flags: its sizes stand after it. */
const SIZES_AFTER = 8;
/** A size that stands in the extra field of zip64. */
const IN_ZIP64 = 0xffffffff;
const ZIP64 = 1;

/**
 * Lists a zip from its beginning, by what stands before each member, and looks into some: it needs no directory, and so
 * no end of the file. Modes and comments stand in the directory only.
 * @returns its fault says where it stopped
 */
export async function readForwards(path: string, inside: Inside, most: number): Promise<Found> {
  const file = openSync(path, 'r');
  const until = Date.now() + TIME;
  const members: Member[] = [];
  let encrypted = false;
  const stopped = (fault: string): Found => ({ members, encrypted, fault });
  try {
    const end = fstatSync(file).size;
    for (let at = 0; at < end; ) {
      if (members.length >= most) return stopped(`it has more than ${most} members`);
      if (Date.now() > until) return stopped(`reading all of it takes more than ${TIME / 1000} seconds`);
      const found = headerAt(file, at);
      if (found === 'directory') return stopped('what stands at its end is missing or damaged');
      if (!found) break;
      const { begin } = found;
      const { header, next } = withSizes(file, found.header, begin, end, until);
      encrypted ||= header.isEncrypted();
      const member = memberOf(header);
      const look = member.kind === 'file' && begin < end && header.canDecodeFileData() && inside.room();
      members.push(look ? { ...member, ...(await lookInto(file, header, begin, inside)) } : member);
      at = next;
    }
    return stopped('its directory, which stands at its end, is missing or damaged');
  } finally {
    closeSync(file);
  }
}

/** What stands before the member at a place, and where its bytes begin; undefined where there is none, or not all of it. */
function headerAt(file: number, at: number): { header: Entry; begin: number } | 'directory' | undefined {
  const head = bytesAt(file, at, LOCAL_HEADER.length);
  if (head.length < LOCAL_HEADER.length) return undefined;
  const signature = head.readUInt32LE(0);
  if (signature !== MEMBER) return signature === DIRECTORY ? 'directory' : undefined;
  const name = head.readUInt16LE(LOCAL_HEADER.name);
  const rest = bytesAt(file, at + LOCAL_HEADER.length, name + head.readUInt16LE(LOCAL_HEADER.extra));
  if (rest.length < name) return undefined;
  const extraFields = extraOf(rest.subarray(name));
  const zip64 = extraFields.find(({ id, data }) => id === ZIP64 && data.length >= 16)?.data;
  const size = (place: number, larger: number) => {
    const bytes = head.readUInt32LE(place);
    return bytes === IN_ZIP64 && zip64 ? Number(zip64.readBigUInt64LE(larger)) : bytes;
  };
  const header = Object.assign(new Entry(), {
    externalFileAttributes: 0,
    generalPurposeBitFlag: head.readUInt16LE(6),
    compressionMethod: head.readUInt16LE(8),
    lastModFileTime: head.readUInt16LE(10),
    lastModFileDate: head.readUInt16LE(12),
    compressedSize: size(18, 8),
    uncompressedSize: size(22, 0),
    fileNameRaw: rest.subarray(0, name),
    extraFields,
  });
  return { header, begin: beginOf(head, at) };
}

function extraOf(bytes: Buffer): Entry['extraFields'] {
  try {
    return parseExtraFields(bytes);
  } catch {
    // The name and the sizes are there without it.
    return [];
  }
}

/** The header with its sizes, wherever they stand, and where the next member begins. */
function withSizes(
  file: number,
  header: Entry,
  begin: number,
  end: number,
  until: number,
): { header: Entry; next: number } {
  const known = begin + header.compressedSize;
  if ((header.generalPurposeBitFlag & SIZES_AFTER) === 0) return { header, next: known };
  const isFolder = header.fileNameRaw.at(-1) === 0x2f;
  if (header.compressedSize > 0 || isFolder) return { header, next: afterSizes(file, known) };
  const found = findSizes(file, begin, until);
  if (found) return { header: Object.assign(header, found.sizes), next: found.next };
  // It is the last one, and cut: what is there is all that is known.
  const rest = Math.max(0, end - begin);
  return { header: Object.assign(header, { compressedSize: rest, uncompressedSize: rest }), next: end };
}

/** Looks for the sizes after a member: they are there where they say how far it is to where it began. */
function findSizes(
  file: number,
  begin: number,
  until: number,
): { sizes: Pick<Entry, 'compressedSize' | 'uncompressedSize'>; next: number } | undefined {
  for (let from = begin; Date.now() <= until; from += PIECE) {
    // The next signature may follow on it, and either be cut by the end of the piece.
    const piece = bytesAt(file, from, PIECE + LONG + 4);
    for (let i = piece.indexOf(SIZES); i >= 0 && i < PIECE; i = piece.indexOf(SIZES, i + 1)) {
      if (piece.length < i + SHORT || piece.readUInt32LE(i + 8) !== from + i - begin) continue;
      const follows = i + LONG + 4 <= piece.length && isSignature(piece.readUInt32LE(i + LONG));
      const isLong = follows || i + LONG === piece.length;
      const sizes = {
        compressedSize: from + i - begin,
        uncompressedSize: isLong ? Number(piece.readBigUInt64LE(i + 16)) : piece.readUInt32LE(i + 12),
      };
      return { sizes, next: from + i + (isLong ? LONG : SHORT) };
    }
    if (piece.length < PIECE) return undefined;
  }
  return undefined;
}

function isSignature(number: number): boolean {
  return number === MEMBER || number === DIRECTORY;
}

/** Where the next member begins, or the directory, behind a member that ends at `end` and the sizes that may follow. */
function afterSizes(file: number, end: number): number {
  const bytes = bytesAt(file, end, LONG + 4);
  const length = [SHORT, LONG, ...BARE].find(
    (after) => bytes.length >= after + 4 && isSignature(bytes.readUInt32LE(after)),
  );
  return end + (length ?? 0);
}
