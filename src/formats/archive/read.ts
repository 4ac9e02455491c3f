import type { Member } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import { decompress } from './decompress.ts';
import { type Inside, TEXT } from './inside.ts';
import { type Compression, compressionOf, isTarHeader, isZip } from './kinds.ts';
import { faultOf, fileSource, type Limits, type Source, streamSource, withHead } from './source.ts';
import { BLOCK, readTar } from './tar.ts';

/** What was found in an archive. */
export interface Found {
  readonly members: readonly Member[];
  /** Why there may be more. */
  readonly fault?: string;
  readonly encrypted?: boolean;
}

export interface Archive extends Found {
  /** What it is, in a few words. */
  readonly what: string;
}

/** Members that are read. */
const MOST = 20_000;
const LIMITS: Limits = { time: 4000, bytes: 1e9 };

/**
 * Lists an archive, without unpacking it anywhere: of a zip its directory is read, of a tar its headers, of a compressed
 * one as much as the limits allow. Texts and pictures go to `inside`. Never throws for what the file holds.
 */
export async function readArchive(
  path: string,
  name: string,
  head: Uint8Array,
  size: number,
  inside: Inside,
  limits: Limits = LIMITS,
): Promise<Archive> {
  const how = compressionOf(head);
  const tarAtFirst = isTarHeader(head.subarray(0, BLOCK));
  if (isZip(head) || (!how && !tarAtFirst && !empty(head))) {
    const { readZip } = await import('./zip.ts');
    return { what: 'Zip archive', ...(await readZip(path, size, inside, MOST)) };
  }
  const source = how ? streamSource(decompress(path, how), limits) : fileSource(path, size);
  try {
    return how
      ? await readCompressed(source, how, name, size, inside)
      : await readMembers(source, 'Tar archive', inside);
  } finally {
    await source.close().catch(() => {});
  }
}

/** A tar of no members is two blocks of zeros. */
function empty(head: Uint8Array): boolean {
  return head.length >= BLOCK && head.subarray(0, BLOCK).every((byte) => byte === 0);
}

async function readCompressed(
  source: Source,
  how: Compression,
  name: string,
  size: number,
  inside: Inside,
): Promise<Archive> {
  let first: Uint8Array;
  try {
    first = await source.read(BLOCK);
  } catch (error) {
    return { what: `${how} data`, members: [], fault: faultOf(error) };
  }
  const whole = withHead(first, source);
  if (isTarHeader(first) || (empty(first) && /\.t[^.]*$|\.tar\./.test(name)))
    return readMembers(whole, `Tar archive, compressed with ${how}`, inside);
  return readOne(whole, how, name, size, inside);
}

async function readMembers(source: Source, what: string, inside: Inside): Promise<Archive> {
  const members: Member[] = [];
  const fault = await readTar(
    source,
    async ({ time, ...member }) => {
      const shown: Member = { ...member, time: formatTime(time) };
      // Listed first: it is there, even if it turns out to be cut short.
      members.push(shown);
      if (member.kind !== 'file') return 0;
      let read = 0;
      const look = await inside.keep(member.size, async (length) => {
        const part = await source.read(length);
        read += part.length;
        return part;
      });
      members[members.length - 1] = { ...shown, ...look };
      return read;
    },
    MOST,
  ).catch(faultOf);
  return { what, members, ...(fault && { fault }) };
}

/** A file that is compressed and no archive: it is the one member. */
async function readOne(source: Source, how: Compression, name: string, size: number, inside: Inside): Promise<Archive> {
  let total = 0;
  let look: Pick<Member, 'href' | 'look'> = {};
  let fault: string | undefined;
  try {
    look = await inside.keep(
      TEXT,
      async (length) => {
        const part = await source.read(Math.min(length, 1 << 20));
        total += part.length;
        return part;
      },
      false,
    );
    for (let part = await source.read(1 << 16); part.length > 0; part = await source.read(1 << 16))
      total += part.length;
  } catch (error) {
    fault = faultOf(error);
  }
  // Only now it is known how much there is.
  if (look.look && look.look !== 'picture') look = { ...look, look: total > TEXT || fault ? 'beginning' : 'text' };
  const path = name.replace(/\.(?:gz|bz2|xz|zst)$/i, '') || name;
  const member: Member = { path, kind: 'file', size: total, packed: size, ...look };
  return { what: `One file, compressed with ${how}`, members: [member], ...(fault && { fault }) };
}
