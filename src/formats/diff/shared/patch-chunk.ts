import { type Charset, decode } from '../../../shared/kit/text/charset.ts';
import { type FileDiff, fileStarts, parseFile } from './unified-diff.ts';

/** The diffs in a chunk of a patch. */
export interface PatchChunk {
  /** Text before the first file. */
  readonly before: string;
  /** `start`: offset in the chunk; `cut`: the file continues after the chunk. */
  readonly files: readonly { readonly file: FileDiff; readonly start: number; readonly cut: boolean }[];
  /** Offset of the next chunk: after the last complete file, or the end of this chunk if no file is complete. */
  readonly end: number;
}

/**
 * Parses a chunk of a patch.
 * @param hasMore whether the patch continues after the chunk
 */
export function parseChunk(bytes: Uint8Array, charset: Charset, hasMore: boolean): PatchChunk {
  const starts = fileStarts(latin1(bytes));
  // The last file may be incomplete, so it is left to the next chunk unless it is the only one.
  const last = starts.at(-1);
  const excludesLast = hasMore && last !== undefined && last > (starts[0] ?? 0);
  const end = excludesLast ? last : bytes.length;
  const fileOffsets = excludesLast ? starts.slice(0, -1) : starts;
  const files = fileOffsets.map((start, i) => {
    const cut = hasMore && !excludesLast;
    const text = decode(bytes.subarray(start, fileOffsets[i + 1] ?? end), charset);
    return { file: parseFile(text, cut), start, cut };
  });
  return { before: decode(bytes.subarray(0, starts[0] ?? end), charset), files, end };
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += 8192)
    text += String.fromCharCode(...bytes.subarray(offset, offset + 8192));
  return text;
}
