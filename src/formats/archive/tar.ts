import type { Source } from './byte-source.ts';
import { isTarHeader, octal, tarText as text } from './signatures.ts';

/** A member of a tar, from its header. */
export interface TarMember {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly size: number;
  readonly time: Date;
  readonly mode: number;
  readonly target?: string;
}

export const BLOCK = 512;
/** The longest extended header (pax records, GNU long names) that is read, bytes. */
const MAX_EXTENDED = 64 * 1024;

/**
 * Calls `visit` for each member of a tar (ustar, pax and GNU extensions), in order. The source is then at the member's
 * data: `visit` may read some of it, and returns how many bytes it read.
 * @returns why reading stopped early, if it did; the members visited so far are valid
 */
export async function readTar(
  source: Source,
  visit: (member: TarMember, source: Source) => Promise<number>,
  maxMembers: number,
): Promise<string | undefined> {
  let extended: Record<string, string> = {};
  for (let count = 0; ; ) {
    const block = await source.read(BLOCK);
    if (block.length === 0) return count === 0 ? 'it is empty' : undefined;
    if (block.every((byte) => byte === 0)) return undefined;
    if (block.length < BLOCK) return 'it ends inside a header';
    if (!isTarHeader(block)) return `the header of member ${count + 1} is damaged`;
    const type = String.fromCharCode(block[156] || 0x30);
    const size = extended.size === undefined ? numericField(block, 124) : Number(extended.size);
    if (!Number.isSafeInteger(size) || size < 0) return `the size of member ${count + 1} is invalid`;
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if ('xgLK'.includes(type)) {
      const data = await source.read(Math.min(padded, MAX_EXTENDED));
      if (!(await source.skip(padded - data.length))) return 'it ends inside a long name';
      const text = new TextDecoder().decode(data.subarray(0, size));
      if (type === 'x') extended = { ...extended, ...parsePax(text) };
      else if (type === 'L') extended = { ...extended, path: text.replace(/\0.*$/s, '') };
      else if (type === 'K') extended = { ...extended, linkpath: text.replace(/\0.*$/s, '') };
      continue;
    }
    const member = memberOf(block, type, size, extended);
    extended = {};
    if (count++ >= maxMembers) return `it has more than ${maxMembers} members`;
    // Links have no data, even if their header contains a size.
    const dataLength = member.kind === 'file' ? padded : 0;
    const bytesRead = await visit(member, source);
    if (!(await source.skip(dataLength - bytesRead))) return `it ends inside ${member.path}`;
  }
}

function memberOf(block: Uint8Array, type: string, size: number, extended: Record<string, string>): TarMember {
  const ustar = text(block, 257, 5) === 'ustar';
  const prefix = ustar && block[263] === 0x30 ? text(block, 345, 155) : '';
  const path = extended.path ?? (prefix ? `${prefix}/` : '') + text(block, 0, 100);
  const target = extended.linkpath ?? text(block, 157, 100);
  const isLink = type === '1' || type === '2';
  const isFolder = type === '5' || (type === '0' && path.endsWith('/'));
  const kind = isLink ? 'link' : isFolder ? 'folder' : '07S'.includes(type) ? 'file' : 'special';
  return {
    path,
    kind,
    size: kind === 'file' ? size : 0,
    time: new Date(Number(extended.mtime ?? numericField(block, 136)) * 1000),
    mode: octal(block, 100, 8),
    ...(isLink && { target }),
  };
}

/** Parses the records of a pax header: `LENGTH KEY=VALUE\n`. LENGTH counts bytes, so values are cut at the newline. */
function parsePax(data: string): Record<string, string> {
  const records: Record<string, string> = {};
  for (const [, key, value = ''] of data.matchAll(/(?:^|\n)\d+ (path|linkpath|size|mtime)=([^\n]*)/g))
    if (key) records[key] = value;
  return records;
}

/** A numeric field: octal, or big-endian binary if the first bit is set (GNU). */
function numericField(block: Uint8Array, from: number): number {
  if (((block[from] ?? 0) & 0x80) === 0) return octal(block, from, 12);
  let value = (block[from] ?? 0) & 0x7f;
  for (let i = 1; i < 12; i++) value = value * 256 + (block[from + i] ?? 0);
  return value;
}
