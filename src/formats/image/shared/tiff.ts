/**
 * A page of a TIFF file (TIFF 6.0), without its pixels. Image file directories form a linked list of file offsets, which
 * in a damaged file may be cyclic.
 */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** Bits of one sample. */
  readonly bits: number;
  readonly samples: number;
}

/** Reads bytes of the file; fewer at its end. */
type Read = (position: number, length: number) => Uint8Array;

const MAX_PAGES = 2000;
const MAX_ENTRIES = 1000;
const ENTRY_LENGTH = 12;

const [WIDTH, HEIGHT, BITS, SAMPLES] = [256, 257, 258, 277];
const USED_TAGS = [WIDTH, HEIGHT, BITS, SAMPLES];

/** Whether the first bytes are those of a TIFF file. BigTIFF, which is not supported, has another version number. */
export function isTiff(head: Uint8Array): boolean {
  const mark = String.fromCharCode(...head.subarray(0, 4));
  return mark === 'II*\0' || mark === 'MM\0*';
}

/** The pages in order. Pages without a size are left out, and reading stops at the first fault. */
export function tiffPages(read: Read): TiffPage[] {
  const head = read(0, 8);
  if (head.length < 8 || !isTiff(head)) return [];
  const littleEndian = head[0] === 0x49;
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let offset = viewOf(head).getUint32(4, littleEndian);
  while (offset > 0 && !seen.has(offset) && seen.size < MAX_PAGES) {
    seen.add(offset);
    const first = read(offset, 2);
    if (first.length < 2) break;
    const count = viewOf(first).getUint16(0, littleEndian);
    if (count > MAX_ENTRIES) break;
    const bytes = read(offset + 2, count * ENTRY_LENGTH + 4);
    if (bytes.length < count * ENTRY_LENGTH + 4) break;
    const data = viewOf(bytes);
    const values = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const entry = i * ENTRY_LENGTH;
      if (!USED_TAGS.includes(data.getUint16(entry, littleEndian))) continue;
      const isShort = data.getUint16(entry + 2, littleEndian) === 3;
      const valueCount = data.getUint32(entry + 4, littleEndian);
      // Values that do not fit are stored at an offset. The first one is enough: all samples have the same depth.
      const valueBytes =
        valueCount * (isShort ? 2 : 4) > 4
          ? read(data.getUint32(entry + 8, littleEndian), 4)
          : bytes.subarray(entry + 8, entry + 12);
      if (valueBytes.length < 4) continue;
      values.set(
        data.getUint16(entry, littleEndian),
        isShort ? viewOf(valueBytes).getUint16(0, littleEndian) : viewOf(valueBytes).getUint32(0, littleEndian),
      );
    }
    const width = values.get(WIDTH) ?? 0;
    const height = values.get(HEIGHT) ?? 0;
    if (width > 0 && height > 0)
      pages.push({ width, height, bits: values.get(BITS) ?? 1, samples: values.get(SAMPLES) ?? 1 });
    offset = data.getUint32(count * ENTRY_LENGTH, littleEndian);
  }
  return pages;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
