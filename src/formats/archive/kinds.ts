/** What an archive is by its first bytes: cheap to load, since every file of unknown name is asked. */

/** How a file is compressed. */
export type Compression = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** How a file is compressed, by its first bytes. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  const is = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (is(0x1f, 0x8b)) return 'gzip';
  if (is(0x42, 0x5a, 0x68) && (head[3] ?? 0) >= 0x31 && (head[3] ?? 0) <= 0x39) return 'bzip2';
  if (is(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return 'xz';
  return is(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : undefined;
}

/** Whether the first bytes are those of a zip, perhaps an empty one. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/** Whether something is an archive or compressed, by its first bytes. */
export function isPacked(head: Uint8Array): boolean {
  return isZip(head) || compressionOf(head) !== undefined || isTarHeader(head.subarray(0, 512));
}

/** Whether a block is the header of a member: its check sum is right. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < 512) return false;
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  return octal(block, 148, 8) === sum && sum > 8 * 32;
}

/** The text in a field of a header. */
export function tarText(block: Uint8Array, from: number, length: number): string {
  const part = block.subarray(from, from + length);
  const end = part.indexOf(0);
  return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end));
}

/** The number in a field of a header. */
export function octal(block: Uint8Array, from: number, length: number): number {
  return Number.parseInt(tarText(block, from, length).trim() || '0', 8);
}
