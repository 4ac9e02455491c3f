/** Previews of archives inside an archive, one level deep: a listing as text, or the beginning of a compressed text. */

import { visibleName } from '../../node/kit/listing/listing-html.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import { decode, detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { plural, size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { faultOf, type Limits, type Source, streamSource, withHead } from './byte-source.ts';
import { decompress } from './decompress.ts';
import { type ReadNested, TEXT_BYTES } from './member-previews.ts';
import { compressionOf, isTarHeader, isZip } from './signatures.ts';
import { BLOCK, readTar, type TarMember } from './tar.ts';

/** The limits for one nested archive: milliseconds, unpacked bytes. */
const NESTED_LIMITS: Limits = { time: 700, bytes: 128e6 };
/** The time limit for all nested archives, milliseconds. */
const TOTAL_TIME = 2500;
/** The largest number of members of a nested archive that are listed. */
const MAX_MEMBERS = 500;

/**
 * Returns a reader of nested archives. All calls share one time limit; after it they return undefined. Of a damaged
 * archive, the members before the damage are listed.
 */
export function createNestedReader(): ReadNested {
  let elapsed = 0;
  return async (bytes, size) => {
    if (elapsed > TOTAL_TIME) return undefined;
    const started = Date.now();
    try {
      return await readNested(bytes, size);
    } catch {
      // The nested archive is listed without a preview.
      return undefined;
    } finally {
      elapsed += Date.now() - started;
    }
  };
}

async function readNested(bytes: Uint8Array, size: number): ReturnType<ReadNested> {
  const partNote =
    bytes.length < size ? `only its first ${sizeOf(bytes.length)} of ${sizeOf(size)} were read` : undefined;
  if (isZip(bytes)) {
    // A zip's central directory is at its end, so a part of one cannot be listed.
    if (partNote !== undefined) return undefined;
    const { listZip } = await import('./zip.ts');
    const { members, fault } = await listZip(Buffer.from(bytes), MAX_MEMBERS);
    return listingText('Zip archive', members, fault);
  }
  const compression = compressionOf(bytes);
  const source = streamSource(compression ? decompress(bytes, compression) : singleChunk(bytes), NESTED_LIMITS);
  try {
    const head = await source.read(compression ? TEXT_BYTES : BLOCK);
    const fullSource = withHead(head, source);
    if (isTarHeader(head.subarray(0, BLOCK)))
      return await listTar(
        fullSource,
        compression ? `Tar archive, compressed with ${compression}` : 'Tar archive',
        partNote,
      );
    if (!compression || !isText(head.subarray(0, 4096))) return undefined;
    return {
      text: decode(head, detectCharset(head).charset),
      isComplete: head.length < TEXT_BYTES && partNote === undefined,
    };
  } finally {
    await source.close().catch(() => {});
  }
}

async function* singleChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function listTar(source: Source, heading: string, partNote: string | undefined): ReturnType<ReadNested> {
  const members: Member[] = [];
  const visit = async ({ time, ...member }: TarMember) => {
    members.push({ ...member, time: formatTime(time) });
    return 0;
  };
  const fault = await readTar(source, visit, MAX_MEMBERS).catch(faultOf);
  return listingText(heading, members, fault && (partNote ?? fault));
}

/** A listing as text: a heading, then a line with size, time and name for each member. */
function listingText(
  heading: string,
  members: readonly Member[],
  fault: string | undefined,
): Awaited<ReturnType<ReadNested>> {
  const files = members.filter(({ kind }) => kind !== 'folder').length;
  const sizes = members.map(({ kind, size }) => (kind === 'file' ? sizeOf(size) : ''));
  const width = Math.max(0, ...sizes.map((text) => text.length));
  const lines = members.map(({ path, kind, time = '', target }, i) => {
    const name = kind === 'folder' ? `${path.replace(/\/$/, '')}/` : target ? `${path} → ${target}` : path;
    return `${(sizes[i] ?? '').padStart(width)}  ${time.slice(0, 16).padEnd(16)}  ${visibleName(name).slice(0, 1000)}`;
  });
  const faultLine = fault ? [`Not read to its end: ${fault}.`] : [];
  return { text: [`${heading}, ${plural(files, 'file')}`, ...lines, ...faultLine].join('\n'), isComplete: true };
}
