import type { Member } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import { faultOf, fileSource, type Limits, type Source, streamSource, withHead } from './byte-source.ts';
import { decompress } from './decompress.ts';
import { type MemberPreviews, TEXT_BYTES } from './member-previews.ts';
import { type Compression, compressionOf, isTarHeader, isZip } from './signatures.ts';
import { BLOCK, readTar } from './tar.ts';

/** The members of an archive. */
export interface Listing {
  readonly members: readonly Member[];
  /** Why the archive was not read to its end. */
  readonly fault?: string;
  readonly encrypted?: boolean;
}

export interface Archive extends Listing {
  /** The kind of archive: `Zip archive`. */
  readonly kind: string;
}

const MAX_MEMBERS = 20_000;
const LIMITS: Limits = { time: 4000, bytes: 1e9 };

/**
 * Lists an archive without unpacking it: reads the central directory of a zip, the headers of a tar, and as much of a
 * compressed file as `limits` allow. Never throws for the content of the file: see `fault`.
 */
export async function readArchive(
  path: string,
  name: string,
  head: Uint8Array,
  size: number,
  previews: MemberPreviews,
  limits: Limits = LIMITS,
): Promise<Archive> {
  const compression = compressionOf(head);
  const startsAsTar = isTarHeader(head.subarray(0, BLOCK));
  if (isZip(head) || (!compression && !startsAsTar && !isEmptyTar(head))) {
    const { readZip } = await import('./zip.ts');
    return { kind: 'Zip archive', ...(await readZip(path, size, previews, MAX_MEMBERS)) };
  }
  const source = compression ? streamSource(decompress(path, compression), limits) : fileSource(path, size);
  try {
    return compression
      ? await readCompressed(source, compression, name, size, previews)
      : await readMembers(source, 'Tar archive', previews);
  } finally {
    await source.close().catch(() => {});
  }
}

/** An empty tar is two blocks of zeros. */
function isEmptyTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && head.subarray(0, BLOCK).every((byte) => byte === 0);
}

async function readCompressed(
  source: Source,
  compression: Compression,
  name: string,
  size: number,
  previews: MemberPreviews,
): Promise<Archive> {
  let first: Uint8Array;
  try {
    first = await source.read(BLOCK);
  } catch (error) {
    return { kind: `${compression} data`, members: [], fault: faultOf(error) };
  }
  const fullSource = withHead(first, source);
  if (isTarHeader(first) || (isEmptyTar(first) && /\.t[^.]*$|\.tar\./.test(name)))
    return readMembers(fullSource, `Tar archive, compressed with ${compression}`, previews);
  return readSingle(fullSource, compression, name, size, previews);
}

async function readMembers(source: Source, kind: string, previews: MemberPreviews): Promise<Archive> {
  const members: Member[] = [];
  const fault = await readTar(
    source,
    async ({ time, ...member }) => {
      const listed: Member = { ...member, time: formatTime(time) };
      // List the member first: reading its data throws if the archive is cut off.
      members.push(listed);
      if (member.kind !== 'file') return 0;
      let bytesRead = 0;
      const look = await previews.add(member.size, async (length) => {
        const chunk = await source.read(length);
        bytesRead += chunk.length;
        return chunk;
      });
      members[members.length - 1] = { ...listed, ...look };
      return bytesRead;
    },
    MAX_MEMBERS,
  ).catch(faultOf);
  return { kind, members, ...(fault && { fault }) };
}

/** A compressed file that is not an archive is listed as a single member. */
async function readSingle(
  source: Source,
  compression: Compression,
  name: string,
  size: number,
  previews: MemberPreviews,
): Promise<Archive> {
  let total = 0;
  let look: Pick<Member, 'href' | 'look'> = {};
  let fault: string | undefined;
  try {
    look = await previews.add(
      TEXT_BYTES,
      async (length) => {
        const chunk = await source.read(Math.min(length, 1 << 20));
        total += chunk.length;
        return chunk;
      },
      false,
    );
    for (let chunk = await source.read(1 << 16); chunk.length > 0; chunk = await source.read(1 << 16))
      total += chunk.length;
  } catch (error) {
    fault = faultOf(error);
  }
  // The size is known only now, after reading all data: the preview may contain the complete file.
  if (look.look && look.look !== 'picture')
    look = { ...look, look: total > TEXT_BYTES || fault ? 'beginning' : 'text' };
  const path = name.replace(/\.(?:gz|bz2|xz|zst)$/i, '') || name;
  const member: Member = { path, kind: 'file', size: total, packed: size, ...look };
  return { kind: `One file, compressed with ${compression}`, members: [member], ...(fault && { fault }) };
}
