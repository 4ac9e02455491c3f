import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageKind } from '../../node/kit/image/image-size.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import type { RenderOutput } from '../../shared/format.ts';
import { decode, detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { isPacked } from './signatures.ts';

/** The largest text preview and the largest image, bytes. */
export const TEXT_BYTES = 32 * 1024;
export const MAX_IMAGE = 1024 ** 2;
/** The largest number of previews, and their largest total size in bytes. */
const MAX_PREVIEWS = 200;
const MAX_PREVIEW_BYTES = 8 * 1024 ** 2;
/** The largest number of bytes read of one nested archive, and of all together. */
const NESTED_BYTES = { perArchive: 8 * 1024 ** 2, total: 64 * 1024 ** 2 };
/** The largest number of members that are inspected, and the bytes read of each to recognise its format. */
const MAX_INSPECTED = 400;
const SNIFF_BYTES = 4096;

/** Writes previews of members (texts, images, listings of nested archives) beside the page, under generated names. */
export interface MemberPreviews {
  /** Whether the limits allow another preview. */
  hasCapacity(): boolean;
  /**
   * Writes a preview of a member if it has a format that can be previewed.
   * @param read returns the next `length` bytes of the member
   * @param member false for the content of a single compressed file, which is not treated as a nested archive
   */
  add(
    size: number,
    read: (length: number) => Promise<Uint8Array>,
    member?: boolean,
  ): Promise<Pick<Member, 'href' | 'look'>>;
}

/** Returns the preview of a nested archive or compressed text, or undefined if there is none. */
export type ReadNested = (
  bytes: Uint8Array,
  size: number,
) => Promise<{ text: string; isComplete: boolean } | undefined>;

/** @param readNested reads nested archives; without it they have no previews */
export function createMemberPreviews(output: RenderOutput, readNested?: ReadNested): MemberPreviews {
  let nestedBytes = 0;
  let count = 0;
  let bytes = 0;
  let inspected = 0;
  const hasCapacity = () => count < MAX_PREVIEWS && bytes < MAX_PREVIEW_BYTES && inspected < MAX_INSPECTED;
  function write(extension: string, content: Uint8Array, look: Member['look']): Pick<Member, 'href' | 'look'> {
    const name = `${count++}.${extension}`;
    bytes += content.length;
    mkdirSync(join(output.dir, 'inside'), { recursive: true });
    writeFileSync(join(output.dir, 'inside', name), content);
    return { href: `${output.href}/inside/${name}`, look };
  }
  return {
    hasCapacity,
    async add(size, read, member = true) {
      if (!hasCapacity() || size === 0) return {};
      inspected++;
      const first = await read(Math.min(size, SNIFF_BYTES));
      const kind = imageKind(first);
      if (kind) {
        if (size > MAX_IMAGE) return {};
        return write(kind, Buffer.concat([first, await read(size - first.length)]), 'picture');
      }
      if (readNested && member && nestedBytes < NESTED_BYTES.total && isPacked(first)) {
        const bytes = Buffer.concat([first, await read(Math.min(size, NESTED_BYTES.perArchive) - first.length)]);
        nestedBytes += bytes.length;
        const preview = await readNested(bytes, size);
        return preview
          ? write('txt', new TextEncoder().encode(preview.text), preview.isComplete ? 'text' : 'beginning')
          : {};
      }
      if (!isText(first)) return {};
      const remaining = Math.min(size, TEXT_BYTES) - first.length;
      const head = remaining > 0 ? Buffer.concat([first, await read(remaining)]) : first;
      const text = decode(head, detectCharset(head).charset);
      return write('txt', new TextEncoder().encode(text), size > head.length ? 'beginning' : 'text');
    },
  };
}
