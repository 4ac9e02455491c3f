/** Recognises archives by their first bytes. Cheap to load, because the sniffs of all files load it. */

export type Compression = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** The compression of a file, by the magic number at its beginning. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  const startsWith = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (startsWith(0x1f, 0x8b)) return 'gzip';
  if (startsWith(0x42, 0x5a, 0x68) && (head[3] ?? 0) >= 0x31 && (head[3] ?? 0) <= 0x39) return 'bzip2';
  if (startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return 'xz';
  return startsWith(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : undefined;
}

/** Whether the first bytes are those of a zip, perhaps an empty one. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/** Whether the first bytes are those of an archive or of compressed data. */
export function isPacked(head: Uint8Array): boolean {
  return isZip(head) || compressionOf(head) !== undefined || isTarHeader(head.subarray(0, 512));
}

/** Whether a block is a tar header, that is, whether its checksum matches. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < 512) return false;
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  return octal(block, 148, 8) === sum && sum > 8 * 32;
}

/** A text field of a tar header, up to its terminating NUL. */
export function tarText(block: Uint8Array, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** An octal number in a field of a tar header. */
export function octal(block: Uint8Array, from: number, length: number): number {
  return Number.parseInt(tarText(block, from, length).trim() || '0', 8);
}
