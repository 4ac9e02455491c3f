import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageKind } from '../../node/kit/image/image-size.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import type { RenderOutput } from '../../shared/format.ts';
import { decode, detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { isPacked } from './kinds.ts';

/** What a look inside an archive keeps: so much of a text, pictures up to so much, so many and so much of all. */
export const TEXT = 32 * 1024;
export const PICTURE = 1024 ** 2;
const MOST = 200;
const MOST_BYTES = 8 * 1024 ** 2;
/** So much is read of a member that is an archive itself, and of all of them. */
const PACKED = { one: 8 * 1024 ** 2, all: 64 * 1024 ** 2 };
/** Members whose first bytes are looked at, and how many bytes. */
const LOOKS = 400;
const FIRST = 4096;

/** Keeps small texts and pictures of an archive beside its page, under names of our own. */
export interface Inside {
  /** Whether there is room for another. */
  room(): boolean;
  /**
   * Keeps a member if it is something to look at.
   * @param read gives its first bytes; a second call goes on where the first ended
   * @param member it is one of an archive, which may be one itself; so it is if nothing is said
   */
  keep(
    size: number,
    read: (length: number) => Promise<Uint8Array>,
    member?: boolean,
  ): Promise<Pick<Member, 'href' | 'look'>>;
}

/** What is seen in the bytes of a member that is compressed or an archive itself, as a text; undefined where it is neither. */
export type LookDeeper = (bytes: Uint8Array, size: number) => Promise<{ text: string; whole: boolean } | undefined>;

/** @param deeper looks into members that are archives, if they should be */
export function createInside(output: RenderOutput, deeper?: LookDeeper): Inside {
  let packed = 0;
  let count = 0;
  let bytes = 0;
  let looks = 0;
  const room = () => count < MOST && bytes < MOST_BYTES && looks < LOOKS;
  function write(ending: string, data: Uint8Array, look: Member['look']): Pick<Member, 'href' | 'look'> {
    const name = `${count++}.${ending}`;
    bytes += data.length;
    mkdirSync(join(output.dir, 'inside'), { recursive: true });
    writeFileSync(join(output.dir, 'inside', name), data);
    return { href: `${output.href}/inside/${name}`, look };
  }
  return {
    room,
    async keep(size, read, member = true) {
      if (!room() || size === 0) return {};
      looks++;
      const first = await read(Math.min(size, FIRST));
      const kind = imageKind(first);
      if (kind) {
        if (size > PICTURE) return {};
        return write(kind, Buffer.concat([first, await read(size - first.length)]), 'picture');
      }
      if (deeper && member && packed < PACKED.all && isPacked(first)) {
        const bytes = Buffer.concat([first, await read(Math.min(size, PACKED.one) - first.length)]);
        packed += bytes.length;
        const seen = await deeper(bytes, size);
        return seen ? write('txt', new TextEncoder().encode(seen.text), seen.whole ? 'text' : 'beginning') : {};
      }
      if (!isText(first)) return {};
      const more = Math.min(size, TEXT) - first.length;
      const head = more > 0 ? Buffer.concat([first, await read(more)]) : first;
      const text = decode(head, detectCharset(head).charset);
      return write('txt', new TextEncoder().encode(text), size > head.length ? 'beginning' : 'text');
    },
  };
}
