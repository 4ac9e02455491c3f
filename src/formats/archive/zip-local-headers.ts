import { closeSync, fstatSync, openSync } from 'node:fs';
import { Entry, parseExtraFields } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import type { MemberPreviews } from './member-previews.ts';
import type { Listing } from './read.ts';
import { addPreview, bytesAt, dataOffsetOf, LOCAL_HEADER, memberOf } from './zip-member.ts';

/** Time limit for the scan, milliseconds. */
const TIME_LIMIT = 2000;
const CHUNK_SIZE = 256 * 1024;
/** Signatures of a local file header and of a central directory header, little-endian (APPNOTE 4.3.7, 4.3.12). */
const LOCAL_SIGNATURE = 0x04034b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
/** Signature of a data descriptor (APPNOTE 4.3.9), and its length with sizes of 4 and of 8 bytes (zip64). */
const DESCRIPTOR_SIGNATURE = Buffer.from('PK\x07\x08');
const [DESCRIPTOR_LENGTH, DESCRIPTOR64_LENGTH] = [16, 24];
/** Lengths of a data descriptor without its optional signature. */
const BARE_DESCRIPTOR_LENGTHS = [12, 20];
/** General purpose flag, bit 3: a data descriptor with the sizes follows the data. */
const HAS_DESCRIPTOR = 8;
/** A size with this value is in the zip64 extra field, whose id is 1 (APPNOTE 4.5.3). */
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 1;

/**
 * Lists a zip by its local file headers, from the beginning, and previews some members. Works without the central
 * directory, so for a file that is cut off. Modes and comments are only in the directory, so they are missing.
 * @returns the members; `fault` says why the scan ended
 */
export async function scanLocalHeaders(path: string, previews: MemberPreviews, maxMembers: number): Promise<Listing> {
  const file = openSync(path, 'r');
  const deadline = Date.now() + TIME_LIMIT;
  const members: Member[] = [];
  let encrypted = false;
  const resultWith = (fault: string): Listing => ({ members, encrypted, fault });
  try {
    const fileSize = fstatSync(file).size;
    for (let offset = 0; offset < fileSize; ) {
      if (members.length >= maxMembers) return resultWith(`it has more than ${maxMembers} members`);
      if (Date.now() > deadline) return resultWith(`reading all of it takes more than ${TIME_LIMIT / 1000} seconds`);
      const local = headerAt(file, offset);
      if (local === 'directory') return resultWith('the directory at its end is missing or damaged');
      if (!local) break;
      const { dataOffset } = local;
      const { header, nextOffset } = resolveSizes(file, local.header, dataOffset, fileSize, deadline);
      encrypted ||= header.isEncrypted();
      const member = memberOf(header);
      const hasPreview =
        member.kind === 'file' && dataOffset < fileSize && header.canDecodeFileData() && previews.hasCapacity();
      members.push(hasPreview ? { ...member, ...(await addPreview(file, header, dataOffset, previews)) } : member);
      offset = nextOffset;
    }
    return resultWith('the directory at its end is missing or damaged');
  } finally {
    closeSync(file);
  }
}

/** The local file header at an offset, and the offset of its data; undefined if there is no complete header. */
function headerAt(file: number, offset: number): { header: Entry; dataOffset: number } | 'directory' | undefined {
  const head = bytesAt(file, offset, LOCAL_HEADER.length);
  if (head.length < LOCAL_HEADER.length) return undefined;
  const signature = head.readUInt32LE(0);
  if (signature !== LOCAL_SIGNATURE) return signature === DIRECTORY_SIGNATURE ? 'directory' : undefined;
  const nameLength = head.readUInt16LE(LOCAL_HEADER.name);
  const nameAndExtra = bytesAt(file, offset + LOCAL_HEADER.length, nameLength + head.readUInt16LE(LOCAL_HEADER.extra));
  if (nameAndExtra.length < nameLength) return undefined;
  const extraFields = parseExtra(nameAndExtra.subarray(nameLength));
  const zip64 = extraFields.find(({ id, data }) => id === ZIP64_FIELD && data.length >= 16)?.data;
  const size = (offset32: number, offset64: number) => {
    const value = head.readUInt32LE(offset32);
    return value === IN_ZIP64 && zip64 ? Number(zip64.readBigUInt64LE(offset64)) : value;
  };
  const header = Object.assign(new Entry(), {
    externalFileAttributes: 0,
    generalPurposeBitFlag: head.readUInt16LE(6),
    compressionMethod: head.readUInt16LE(8),
    lastModFileTime: head.readUInt16LE(10),
    lastModFileDate: head.readUInt16LE(12),
    compressedSize: size(18, 8),
    uncompressedSize: size(22, 0),
    fileNameRaw: nameAndExtra.subarray(0, nameLength),
    extraFields,
  });
  return { header, dataOffset: dataOffsetOf(head, offset) };
}

function parseExtra(bytes: Buffer): Entry['extraFields'] {
  try {
    return parseExtraFields(bytes);
  } catch {
    // A damaged extra field is ignored: the name and sizes do not depend on it.
    return [];
  }
}

/** Adds the sizes in a data descriptor to a header if it has none. Returns it and the offset of the next header. */
function resolveSizes(
  file: number,
  header: Entry,
  dataOffset: number,
  fileSize: number,
  deadline: number,
): { header: Entry; nextOffset: number } {
  const dataEnd = dataOffset + header.compressedSize;
  if ((header.generalPurposeBitFlag & HAS_DESCRIPTOR) === 0) return { header, nextOffset: dataEnd };
  const isFolder = header.fileNameRaw.at(-1) === 0x2f;
  if (header.compressedSize > 0 || isFolder) return { header, nextOffset: skipDescriptor(file, dataEnd) };
  const descriptor = findDescriptor(file, dataOffset, deadline);
  if (descriptor) return { header: Object.assign(header, descriptor.sizes), nextOffset: descriptor.nextOffset };
  // The last member is cut off: its size is at least the length of the remaining file.
  const remaining = Math.max(0, fileSize - dataOffset);
  return {
    header: Object.assign(header, { compressedSize: remaining, uncompressedSize: remaining }),
    nextOffset: fileSize,
  };
}

/**
 * Finds the data descriptor of a member whose size is unknown. A signature may also occur in the data, so the
 * compressed size that follows it must equal the length of the data before it.
 */
function findDescriptor(
  file: number,
  dataOffset: number,
  deadline: number,
): { sizes: Pick<Entry, 'compressedSize' | 'uncompressedSize'>; nextOffset: number } | undefined {
  for (let chunkStart = dataOffset; Date.now() <= deadline; chunkStart += CHUNK_SIZE) {
    // Read beyond the chunk, so that a descriptor and the signature after it are never split.
    const chunk = bytesAt(file, chunkStart, CHUNK_SIZE + DESCRIPTOR64_LENGTH + 4);
    for (
      let i = chunk.indexOf(DESCRIPTOR_SIGNATURE);
      i >= 0 && i < CHUNK_SIZE;
      i = chunk.indexOf(DESCRIPTOR_SIGNATURE, i + 1)
    ) {
      if (chunk.length < i + DESCRIPTOR_LENGTH || chunk.readUInt32LE(i + 8) !== chunkStart + i - dataOffset) continue;
      const signatureFollows =
        i + DESCRIPTOR64_LENGTH + 4 <= chunk.length && isSignature(chunk.readUInt32LE(i + DESCRIPTOR64_LENGTH));
      const is64Bit = signatureFollows || i + DESCRIPTOR64_LENGTH === chunk.length;
      const sizes = {
        compressedSize: chunkStart + i - dataOffset,
        uncompressedSize: is64Bit ? Number(chunk.readBigUInt64LE(i + 16)) : chunk.readUInt32LE(i + 12),
      };
      return { sizes, nextOffset: chunkStart + i + (is64Bit ? DESCRIPTOR64_LENGTH : DESCRIPTOR_LENGTH) };
    }
    if (chunk.length < CHUNK_SIZE) return undefined;
  }
  return undefined;
}

function isSignature(number: number): boolean {
  return number === LOCAL_SIGNATURE || number === DIRECTORY_SIGNATURE;
}

/** The offset of the next header after data that ends at `end` and may be followed by a data descriptor. */
function skipDescriptor(file: number, end: number): number {
  const bytes = bytesAt(file, end, DESCRIPTOR64_LENGTH + 4);
  const descriptorLength = [DESCRIPTOR_LENGTH, DESCRIPTOR64_LENGTH, ...BARE_DESCRIPTOR_LENGTHS].find(
    (length) => bytes.length >= length + 4 && isSignature(bytes.readUInt32LE(length)),
  );
  return end + (descriptorLength ?? 0);
}
