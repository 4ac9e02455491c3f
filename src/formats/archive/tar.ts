import { isTarHeader, octal, tarText as text } from './kinds.ts';
import type { Source } from './source.ts';

/** A member of a tar, as its header has it. */
export interface TarMember {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly size: number;
  readonly time: Date;
  readonly mode: number;
  readonly target?: string;
}

export const BLOCK = 512;
/** Names longer than this are no names. */
const LONGEST = 64 * 1024;

/**
 * The members of a tar (ustar, pax and GNU names and sizes), in order. After each the source stands at its contents;
 * `visit` may read some of them and says how many bytes it read.
 * @returns what is wrong with it, if something is: the members before that are good
 */
export async function readTar(
  source: Source,
  visit: (member: TarMember, source: Source) => Promise<number>,
  most: number,
): Promise<string | undefined> {
  let extra: Record<string, string> = {};
  for (let count = 0; ; ) {
    const block = await source.read(BLOCK);
    if (block.length === 0) return count === 0 ? 'it is empty' : undefined;
    if (block.every((byte) => byte === 0)) return undefined;
    if (block.length < BLOCK) return 'it ends inside a header';
    if (!isTarHeader(block)) return `what should be the header of member ${count + 1} is none`;
    const type = String.fromCharCode(block[156] || 0x30);
    const size = extra.size === undefined ? number(block, 124) : Number(extra.size);
    if (!Number.isSafeInteger(size) || size < 0) return `member ${count + 1} has no size that could be right`;
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if ('xgLK'.includes(type)) {
      const data = await source.read(Math.min(padded, LONGEST));
      if (!(await source.skip(padded - data.length))) return 'it ends inside a long name';
      const text = new TextDecoder().decode(data.subarray(0, size));
      if (type === 'x') extra = { ...extra, ...paxOf(text) };
      else if (type === 'L') extra = { ...extra, path: text.replace(/\0.*$/s, '') };
      else if (type === 'K') extra = { ...extra, linkpath: text.replace(/\0.*$/s, '') };
      continue;
    }
    const member = memberOf(block, type, size, extra);
    extra = {};
    if (count++ >= most) return `it has more than ${most} members`;
    // Links have no contents, whatever size they tell.
    const contents = member.kind === 'file' ? padded : 0;
    const read = await visit(member, source);
    if (!(await source.skip(contents - read))) return `it ends inside of ${member.path}`;
  }
}

function memberOf(block: Uint8Array, type: string, size: number, extra: Record<string, string>): TarMember {
  const ustar = text(block, 257, 5) === 'ustar';
  const prefix = ustar && block[263] === 0x30 ? text(block, 345, 155) : '';
  const path = extra.path ?? (prefix ? `${prefix}/` : '') + text(block, 0, 100);
  const target = extra.linkpath ?? text(block, 157, 100);
  const link = type === '1' || type === '2';
  const folder = type === '5' || (type === '0' && path.endsWith('/'));
  const kind = link ? 'link' : folder ? 'folder' : '07S'.includes(type) ? 'file' : 'special';
  return {
    path,
    kind,
    size: kind === 'file' ? size : 0,
    time: new Date(Number(extra.mtime ?? number(block, 136)) * 1000),
    mode: octal(block, 100, 8),
    ...(link && { target }),
  };
}

/** The records of a pax header: `LENGTH KEY=VALUE\n`. Lengths are of bytes, so the value ends where its line does. */
function paxOf(data: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key, value = ''] of data.matchAll(/(?:^|\n)\d+ (path|linkpath|size|mtime)=([^\n]*)/g))
    if (key) found[key] = value;
  return found;
}

/** A number in octal, or where the first bit is set, in the bytes themselves. */
function number(block: Uint8Array, from: number): number {
  if (((block[from] ?? 0) & 0x80) === 0) return octal(block, from, 12);
  let value = (block[from] ?? 0) & 0x7f;
  for (let i = 1; i < 12; i++) value = value * 256 + (block[from + i] ?? 0);
  return value;
}
