/**
 * Decompresses an LZ4 frame, as used by Arrow and Feather. (Parquet uses raw blocks.) Blocks of a frame may refer to
 * earlier blocks. Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function decompressFrame(bytes: Uint8Array): Uint8Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 7 || data.getUint32(0, true) !== 0x184d2204) throw new Error('not an LZ4 frame');
  const flags = data.getUint8(4);
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasDictionaryId = (flags & 0x01) !== 0;
  const maxBlockSize = 1 << (8 + 2 * ((data.getUint8(5) >> 4) & 7));
  // The descriptor ends with a checksum of one byte.
  let offset = 6 + (hasContentSize ? 8 : 0) + (hasDictionaryId ? 4 : 0) + 1;
  let out = new Uint8Array(bytes.length * 4);
  let filled = 0;
  for (;;) {
    const sizeField = data.getUint32(offset, true);
    offset += 4;
    if (sizeField === 0) return out.subarray(0, filled);
    const isUncompressed = sizeField >>> 31 === 1;
    const length = sizeField & 0x7fffffff;
    if (offset + length > bytes.length) throw new Error('an LZ4 block is truncated');
    if (filled + maxBlockSize > out.length) {
      const larger = new Uint8Array(Math.max(out.length * 2, filled + maxBlockSize));
      larger.set(out);
      out = larger;
    }
    const block = bytes.subarray(offset, offset + length);
    if (isUncompressed) {
      out.set(block, filled);
      filled += length;
    } else filled = decompressBlock(block, out, filled);
    offset += length + (hasBlockChecksum ? 4 : 0);
  }
}

/** Decompresses a block into `out` from offset `begin` on. Returns the end of its output. */
function decompressBlock(block: Uint8Array, out: Uint8Array, begin: number): number {
  let offset = 0;
  let end = begin;
  /** Reads the rest of a length. `nibble` is its part in the token; 15 means that further bytes follow. */
  const readLength = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = block[offset++] ?? 0;
        sum += byte;
      } while (byte === 255);
    }
    return sum;
  };
  while (offset < block.length) {
    const token = block[offset++] ?? 0;
    const literalLength = readLength(token >> 4);
    if (offset + literalLength > block.length || end + literalLength > out.length)
      throw new Error('an LZ4 block is damaged');
    out.set(block.subarray(offset, offset + literalLength), end);
    offset += literalLength;
    end += literalLength;
    if (offset >= block.length) break;
    const matchOffset = (block[offset] ?? 0) | ((block[offset + 1] ?? 0) << 8);
    offset += 2;
    const matchLength = readLength(token & 15) + 4;
    if (matchOffset === 0 || matchOffset > end || end + matchLength > out.length)
      throw new Error('an LZ4 block is damaged');
    // Byte by byte, because the match may overlap the output.
    for (let i = 0; i < matchLength; i++, end++) out[end] = out[end - matchOffset] ?? 0;
  }
  return end;
}
