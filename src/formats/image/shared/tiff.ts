/**
 * The pages of a TIFF file (TIFF 6.0): their sizes, without their pixels. Its directories lie anywhere and each names the
 * next, so they are found by jumps, and a file whose directories lead in a circle ends.
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

const MOST = 2000;
const MOST_ENTRIES = 1000;
const ENTRY = 12;

const [WIDTH, HEIGHT, BITS, SAMPLES] = [256, 257, 258, 277];
const WANTED = [WIDTH, HEIGHT, BITS, SAMPLES];

/** Whether these first bytes begin a TIFF file that is known here; BigTIFF has another number. */
export function isTiff(head: Uint8Array): boolean {
  const mark = String.fromCharCode(...head.subarray(0, 4));
  return mark === 'II*\0' || mark === 'MM\0*';
}

/** The pages, in their order; those that say no size are left out, and so is what follows a fault. */
export function tiffPages(read: Read): TiffPage[] {
  const head = read(0, 8);
  if (head.length < 8 || !isTiff(head)) return [];
  const little = head[0] === 0x49;
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let at = viewOf(head).getUint32(4, little);
  while (at > 0 && !seen.has(at) && seen.size < MOST) {
    seen.add(at);
    const first = read(at, 2);
    if (first.length < 2) break;
    const count = viewOf(first).getUint16(0, little);
    if (count > MOST_ENTRIES) break;
    const bytes = read(at + 2, count * ENTRY + 4);
    if (bytes.length < count * ENTRY + 4) break;
    const data = viewOf(bytes);
    const values = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const entry = i * ENTRY;
      if (!WANTED.includes(data.getUint16(entry, little))) continue;
      const short = data.getUint16(entry + 2, little) === 3;
      const many = data.getUint32(entry + 4, little);
      // More values than fit lie elsewhere; of bits per sample the first is as good as all.
      const far =
        many * (short ? 2 : 4) > 4 ? read(data.getUint32(entry + 8, little), 4) : bytes.subarray(entry + 8, entry + 12);
      if (far.length < 4) continue;
      values.set(
        data.getUint16(entry, little),
        short ? viewOf(far).getUint16(0, little) : viewOf(far).getUint32(0, little),
      );
    }
    const width = values.get(WIDTH) ?? 0;
    const height = values.get(HEIGHT) ?? 0;
    if (width > 0 && height > 0)
      pages.push({ width, height, bits: values.get(BITS) ?? 1, samples: values.get(SAMPLES) ?? 1 });
    at = data.getUint32(count * ENTRY, little);
  }
  return pages;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
