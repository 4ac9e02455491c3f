import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { messageOf } from '../../shared/errors.ts';
import type { MemberPreviews } from './member-previews.ts';
import type { Listing } from './read.ts';
import { scanLocalHeaders } from './zip-local-headers.ts';
import { addPreview, bytesAt, dataOffsetOf, LOCAL_HEADER, memberOf } from './zip-member.ts';

/** Time limit for previews of members, milliseconds. */
const PREVIEW_TIME = 2000;
const BLOCK_SIZE = 256 * 1024;

/** Buffers reads: yauzl reads a central directory in small pieces, each of which would be a system call. */
class BlockReader extends RandomAccessReader {
  readonly file: number;
  #block = Buffer.alloc(BLOCK_SIZE);
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
      for (let copied = 0; copied < length; ) {
        const blockOffset = position + copied;
        if (blockOffset < this.#from || blockOffset >= this.#to) {
          this.#from = blockOffset;
          this.#to = blockOffset + readSync(this.file, this.#block, 0, BLOCK_SIZE, blockOffset);
          if (this.#to === blockOffset) throw new Error('it ends too early');
        }
        copied += this.#block.copy(
          buffer,
          offset + copied,
          blockOffset - this.#from,
          Math.min(this.#to - this.#from, blockOffset - this.#from + length - copied),
        );
      }
    } catch (cause) {
      error = cause as Error;
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
 * Lists a zip by its central directory and previews some of its members. If the directory cannot be read, lists the
 * local file headers instead.
 */
export async function readZip(
  path: string,
  size: number,
  previews: MemberPreviews,
  maxMembers: number,
): Promise<Listing> {
  const listing = await readDirectory(path, size, previews, maxMembers);
  if (listing.members.length > 0 || listing.fault === undefined) return listing;
  const scanned = await scanLocalHeaders(path, previews, maxMembers);
  return scanned.members.length > 0 ? scanned : listing;
}

async function readDirectory(
  path: string,
  size: number,
  previews: MemberPreviews,
  maxMembers: number,
): Promise<Listing> {
  let zip: ZipFile;
  const reader = new BlockReader(path);
  try {
    // `memberOf` decodes the names, because yauzl would end the listing at a name such as `../x`.
    const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;
    zip = await fromRandomAccessReaderPromise(reader, size, options);
  } catch (error) {
    reader.close(() => {});
    return { members: [], fault: faultOfZip(error) };
  }
  const { entries, fault } = await entriesOf(zip, maxMembers);
  const deadline = Date.now() + PREVIEW_TIME;
  const members: Member[] = [];
  for (const entry of entries) {
    const member = memberOf(entry);
    const hasPreview =
      member.kind === 'file' && previews.hasCapacity() && Date.now() < deadline && entry.canDecodeFileData();
    members.push(hasPreview ? { ...member, ...(await addEntryPreview(reader.file, entry, previews)) } : member);
  }
  zip.close();
  return { members, encrypted: entries.some((entry) => entry.isEncrypted()), ...(fault && { fault }) };
}

/** Lists a zip in memory, without previews of members. */
export async function listZip(bytes: Buffer, maxMembers: number): Promise<Listing> {
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false });
    const { entries, fault } = await entriesOf(zip, maxMembers);
    return { members: entries.map(memberOf), ...(fault && { fault }) };
  } catch (error) {
    return { members: [], fault: faultOfZip(error) };
  }
}

/** Returns why a zip was not read, as a clause for a message. */
function faultOfZip(error: unknown): string {
  const message = messageOf(error);
  return message.startsWith('End of central directory') ? 'it is not a zip archive, or its end is missing' : message;
}

function entriesOf(zip: ZipFile, maxMembers: number): Promise<{ entries: Entry[]; fault?: string }> {
  return new Promise((resolve) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length >= maxMembers && entries.length < zip.entryCount)
        resolve({ entries, fault: `it has ${zip.entryCount} members, of which ${maxMembers} were read` });
      else zip.readEntry();
    });
    zip.on('end', () => resolve({ entries }));
    zip.on('error', (error: unknown) => resolve({ entries, fault: faultOfZip(error) }));
    zip.readEntry();
  });
}

function addEntryPreview(file: number, entry: Entry, previews: MemberPreviews): ReturnType<MemberPreviews['add']> {
  const headerOffset = entry.relativeOffsetOfLocalHeader;
  const header = bytesAt(file, headerOffset, LOCAL_HEADER.length);
  if (header.length < LOCAL_HEADER.length) return Promise.resolve({});
  return addPreview(file, entry, dataOffsetOf(header, headerOffset), previews);
}
