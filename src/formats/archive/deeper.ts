/** A look into what is packed inside of an archive, one level deep: a listing as text, or the text that is compressed. */

import { visibleName } from '../../node/kit/listing/listing-html.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import { decode, detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { plural, size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { decompress } from './decompress.ts';
import { type LookDeeper, TEXT } from './inside.ts';
import { compressionOf, isTarHeader, isZip } from './kinds.ts';
import { faultOf, type Limits, type Source, streamSource, withHead } from './source.ts';
import { BLOCK, readTar, type TarMember } from './tar.ts';

/** How much is unpacked of one, how long all of them may take, milliseconds, and how many members are listed. */
const LIMITS: Limits = { time: 700, bytes: 128e6 };
const ALL_TIME = 2500;
const MOST = 500;

/** Looks into one after the other, until the time for all is over. What is damaged is told as far as it goes. */
export function lookDeeper(): LookDeeper {
  let spent = 0;
  return async (bytes, size) => {
    if (spent > ALL_TIME) return undefined;
    const started = Date.now();
    try {
      return await lookInto(bytes, size);
    } catch {
      // It is listed all the same.
      return undefined;
    } finally {
      spent += Date.now() - started;
    }
  };
}

async function lookInto(bytes: Uint8Array, size: number): ReturnType<LookDeeper> {
  const part = bytes.length < size ? `only its first ${sizeOf(bytes.length)} of ${sizeOf(size)} were read` : undefined;
  if (isZip(bytes)) {
    // Its directory stands at its end.
    if (part !== undefined) return undefined;
    const { listZip } = await import('./zip.ts');
    const { members, fault } = await listZip(Buffer.from(bytes), MOST);
    return listing('Zip archive', members, fault);
  }
  const how = compressionOf(bytes);
  const source = streamSource(how ? decompress(bytes, how) : once(bytes), LIMITS);
  try {
    const head = await source.read(how ? TEXT : BLOCK);
    const whole = withHead(head, source);
    if (isTarHeader(head.subarray(0, BLOCK)))
      return await listTar(whole, how ? `Tar archive, compressed with ${how}` : 'Tar archive', part);
    if (!how || !isText(head.subarray(0, 4096))) return undefined;
    return { text: decode(head, detectCharset(head).charset), whole: head.length < TEXT && part === undefined };
  } finally {
    await source.close().catch(() => {});
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function listTar(source: Source, what: string, part: string | undefined): ReturnType<LookDeeper> {
  const members: Member[] = [];
  const visit = async ({ time, ...member }: TarMember) => {
    members.push({ ...member, time: formatTime(time) });
    return 0;
  };
  const fault = await readTar(source, visit, MOST).catch(faultOf);
  return listing(what, members, fault && (part ?? fault));
}

/** Members as lines of size, time and name, below a line that says what they are. */
function listing(what: string, members: readonly Member[], fault: string | undefined): Awaited<ReturnType<LookDeeper>> {
  const files = members.filter(({ kind }) => kind !== 'folder').length;
  const sizes = members.map(({ kind, size }) => (kind === 'file' ? sizeOf(size) : ''));
  const width = Math.max(0, ...sizes.map((text) => text.length));
  const lines = members.map(({ path, kind, time = '', target }, i) => {
    const name = kind === 'folder' ? `${path.replace(/\/$/, '')}/` : target ? `${path} → ${target}` : path;
    return `${(sizes[i] ?? '').padStart(width)}  ${time.slice(0, 16).padEnd(16)}  ${visibleName(name).slice(0, 1000)}`;
  });
  const end = fault ? [`Not read to its end: ${fault}.`] : [];
  return { text: [`${what}, ${plural(files, 'file')}`, ...lines, ...end].join('\n'), whole: true };
}
