import { BLOCK_SIZE, decompressElements, MALFORMED, type Position, preambleLength, skipElements } from './snappy.ts';

/** Compressed bytes per request. */
const REQUEST_SIZE = 64 * 1024;

/** The uncompressed content of a data page. If the codec allows, only the ranges that are read are decompressed. */
export interface Body {
  /** Uncompressed size in bytes. */
  readonly size: number;
  /** Reads a range. The result is valid until the next call. Throws if the body is shorter or malformed. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** Bytes that the body occupies in memory. */
  heldBytes(): number;
  /** Takes a hint: the fraction of the body that will probably be read, 0 to 1. */
  expectReads(fraction: number): void;
  /** Frees the data that can be read again without the data before it. */
  release(): void;
}

/**
 * Reads the bytes of the file from `from` up to `to` (exclusive); the result may contain more, which follow them.
 * `likelyEnd` is a hint: the offset up to which the caller will probably read.
 */
export type ReadBytes = (from: number, to: number, likelyEnd?: number) => Promise<Uint8Array>;

/** An uncompressed body that begins at byte `begin` of the file. */
export function plainBody(readBytes: ReadBytes, begin: number, size: number): Body {
  return {
    size,
    read: async (from, to) => (await readBytes(begin + from, begin + checkEnd(to, size))).subarray(0, to - from),
    heldBytes: () => 0,
    expectReads() {},
    release() {},
  };
}

/** A body that is decompressed completely on the first read. */
export function bufferedBody(decompress: () => Promise<Uint8Array>, size: number): Body {
  let bytes: Uint8Array | undefined;
  return {
    size,
    async read(from, to) {
      checkEnd(to, size);
      bytes ??= await decompress();
      return bytes.subarray(from, to);
    },
    heldBytes: () => bytes?.length ?? 0,
    expectReads() {},
    release() {},
  };
}

/**
 * A body compressed with Snappy, from byte `begin` of the file to `end`. Skips the elements before a range instead of
 * decompressing them, and remembers the offset of each block.
 */
export function snappyBody(readBytes: ReadBytes, begin: number, end: number, size: number): Body {
  /** Size of independent blocks. If a block depends on another, the size of the body: there is only one block. */
  let blockSize = BLOCK_SIZE;
  /** The file offsets of the blocks, as far as they are known. */
  let blockOffsets: number[] = [];
  /** Decompressed bytes: those of `out` before `filled`. `out` begins at byte `base` of the body. */
  let out = new Uint8Array();
  let filled = 0;
  let base = 0;
  /** File offset of the next element. */
  let offset = begin;
  /** File offset up to which elements will probably be read. */
  let likelyEnd = begin;

  /**
   * Processes elements until `filled` is at least `until`. Returns false if `process` does. Throws if an element does
   * not end before byte `stop` of the file.
   */
  async function advance(
    until: number,
    stop: number,
    process: (input: Uint8Array, position: Position) => boolean,
  ): Promise<boolean> {
    for (let requestSize = REQUEST_SIZE; filled < until; ) {
      const to = Math.min(stop, offset + requestSize);
      if (offset >= stop) throw new Error(MALFORMED);
      const position = { input: 0, output: filled };
      const input = await readBytes(offset, to, Math.min(stop, likelyEnd));
      if (!process(offset + input.length > stop ? input.subarray(0, stop - offset) : input, position)) return false;
      // No progress: the element is longer than the input.
      if (position.output === filled) {
        if (to === stop) throw new Error(MALFORMED);
        requestSize *= 2;
      }
      filled = position.output;
      offset += position.input;
    }
    return true;
  }

  /** The file offset of the first element. */
  async function firstElement(): Promise<number> {
    const length = preambleLength(await readBytes(begin, Math.min(end, begin + 10)));
    if (length === undefined) throw new Error(MALFORMED);
    return begin + length;
  }

  /**
   * Moves to the block that contains byte `from` of the body or, if its offset is not known, to the last block whose
   * offset is known. Does not move if the decompressed bytes already end between that block and `from`.
   */
  async function seek(from: number): Promise<void> {
    if (blockOffsets.length === 0) blockOffsets = [await firstElement()];
    const knownBlock = Math.min(Math.floor(from / blockSize), blockOffsets.length - 1);
    if (from >= base && base + filled >= knownBlock * blockSize && out.length > 0) return;
    [base, filled, offset] = [knownBlock * blockSize, 0, blockOffsets[knownBlock]!];
  }

  /** Skips the blocks before `block`. Returns false if an element crosses the end of a block. */
  async function skipBlocks(block: number, stop: number): Promise<boolean> {
    while (base + filled < block * blockSize) {
      const blockEnd = (Math.floor((base + filled) / blockSize) + 1) * blockSize;
      const until = blockEnd - base;
      if (!(await advance(until, stop, (input, position) => skipElements(input, position, until)))) return false;
      [base, filled] = [blockEnd, 0];
      blockOffsets[blockEnd / blockSize] ??= offset;
    }
    return true;
  }

  /** Drops the blocks before byte `from` of the body, and makes `out` large enough for the block that contains `to`. */
  function reserve(from: number, to: number): void {
    const dropped = Math.min(from, Math.floor((base + filled) / blockSize) * blockSize) - base;
    const capacity = Math.min(size, Math.ceil(to / blockSize) * blockSize) - base - dropped;
    const retained = out.subarray(dropped, filled);
    if (capacity > out.length) {
      out = new Uint8Array(capacity);
      out.set(retained);
    } else if (dropped > 0) out.copyWithin(0, dropped, filled);
    base += dropped;
    filled -= dropped;
  }

  /** Decompresses the bytes from `from` up to `to` into `out`. Returns false if the blocks depend on one another. */
  async function decompressRange(from: number, to: number): Promise<boolean> {
    await seek(from);
    // The end of the last block in the file, if it is known.
    const stop = blockOffsets[Math.ceil(to / blockSize)] ?? end;
    if (!(await skipBlocks(Math.floor(from / blockSize), stop))) return false;
    reserve(from, to);
    while (base + filled < to) {
      const blockEnd = (Math.floor((base + filled) / blockSize) + 1) * blockSize;
      const until = Math.min(blockEnd, size, to) - base;
      if (!(await advance(until, stop, (input, position) => decompressElements(input, position, out, until))))
        return false;
      if (base + filled > blockEnd) return false;
      if (base + filled === blockEnd) blockOffsets[blockEnd / blockSize] ??= offset;
    }
    return true;
  }

  return {
    size,
    async read(from, to) {
      checkEnd(to, size);
      const isDecompressed = from >= base && to <= base + filled;
      if (!isDecompressed && !(await decompressRange(from, to))) {
        // Start again with the body as one block.
        blockSize = size;
        [blockOffsets, out, filled, base] = [[], new Uint8Array(), 0, 0];
        if (!(await decompressRange(from, to))) throw new Error(MALFORMED);
      }
      return out.subarray(from - base, to - base);
    },
    heldBytes: () => out.length,
    expectReads(fraction) {
      likelyEnd = Math.ceil(begin + fraction * (end - begin)) + REQUEST_SIZE;
    },
    release() {
      if (blockSize === size || out.length <= BLOCK_SIZE) return;
      [out, filled] = [new Uint8Array(), 0];
    },
  };
}

/** Returns `to`. Throws if it is beyond the body. */
function checkEnd(to: number, size: number): number {
  if (to > size) throw new Error('a page is shorter than its values');
  return to;
}
