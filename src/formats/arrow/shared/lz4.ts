/**
 * Unpacks a frame of LZ4, as Arrow and Feather have them. Parquet has bare blocks; the blocks of a frame may refer to those
 * before. The format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function unpackFrame(bytes: Uint8Array): Uint8Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 7 || data.getUint32(0, true) !== 0x184d2204) throw new Error('no frame of LZ4');
  const flags = data.getUint8(4);
  const largest = 1 << (8 + 2 * ((data.getUint8(5) >> 4) & 7));
  let at = 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
  let out = new Uint8Array(bytes.length * 4);
  let filled = 0;
  for (;;) {
    const size = data.getUint32(at, true);
    at += 4;
    if (size === 0) return out.subarray(0, filled);
    const length = size & 0x7fffffff;
    if (at + length > bytes.length) throw new Error('a block of LZ4 is cut off');
    if (filled + largest > out.length) {
      const more = new Uint8Array(Math.max(out.length * 2, filled + largest));
      more.set(out);
      out = more;
    }
    const block = bytes.subarray(at, at + length);
    if (size >>> 31 === 1) {
      out.set(block, filled);
      filled += length;
    } else filled = unpackBlock(block, out, filled);
    at += length + (flags & 16 ? 4 : 0);
  }
}

/** Unpacks a block behind what is in `out` already; gives where it ends. */
function unpackBlock(block: Uint8Array, out: Uint8Array, begin: number): number {
  let at = 0;
  let end = begin;
  const more = (length: number): number => {
    let sum = length;
    if (length === 15) {
      let byte: number;
      do {
        byte = block[at++] ?? 0;
        sum += byte;
      } while (byte === 255);
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const bare = more(token >> 4);
    if (at + bare > block.length || end + bare > out.length) throw new Error('a block of LZ4 is broken');
    out.set(block.subarray(at, at + bare), end);
    at += bare;
    end += bare;
    if (at >= block.length) break;
    const back = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (back === 0 || back > end || end + length > out.length) throw new Error('a block of LZ4 is broken');
    // Byte by byte: what is copied may be what was just written.
    for (let i = 0; i < length; i++, end++) out[end] = out[end - back] ?? 0;
  }
  return end;
}
