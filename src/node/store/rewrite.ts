import { open, readFile } from 'node:fs/promises';

/** One line of a file, as bytes without its newline. */
export interface LineBytes {
  /** Counts from 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/**
 * Rewrites lines of a journal in place. A line keeps its length, so that line numbers and offsets stay valid for everyone
 * who has read a part of the file: `replace` returns the new text, which is padded with spaces, or undefined to leave the
 * line. A text that is too long becomes spaces only. Resolves when the changes are on disk.
 *
 * A power failure may leave a line half rewritten. Callers must be able to repeat the rewrite.
 */
export async function rewriteLines(path: string, replace: (line: LineBytes) => string | undefined): Promise<void> {
  const contents = await readFile(path);
  let first: number | undefined;
  let last = 0;
  for (const { start, number, bytes } of linesIn(contents)) {
    const text = replace({ number, bytes });
    if (text === undefined) continue;
    const line = Buffer.alloc(bytes.length, ' ');
    if (Buffer.byteLength(text) <= bytes.length) line.write(text);
    if (line.equals(bytes)) continue;
    line.copy(contents, start);
    first ??= start;
    last = start + line.length;
  }
  if (first === undefined) return;
  // The journal itself is open for appending, where the system ignores positions.
  const file = await open(path, 'r+');
  try {
    for (let at = first; at < last; ) at += (await file.write(contents, at, last - at, at)).bytesWritten;
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** The complete lines of a file, with their offsets. */
export function* linesIn(contents: Buffer): Generator<LineBytes & { readonly start: number }> {
  let number = 1;
  for (let start = 0; ; number += 1) {
    const end = contents.indexOf(10, start);
    if (end < 0) return;
    yield { number, start, bytes: contents.subarray(start, end) };
    start = end + 1;
  }
}
