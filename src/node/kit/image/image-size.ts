import { bomLength } from '../../../shared/kit/text/charset.ts';
/** Image formats and sizes, read from the first bytes. A page with the size in its `<img>` does not shift while it loads. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The image formats that this module recognises. */
export type ImageKind = 'png' | 'jpg' | 'gif' | 'webp' | 'avif' | 'bmp' | 'ico' | 'svg';

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));
const view = (head: Uint8Array): DataView => new DataView(head.buffer, head.byteOffset, head.byteLength);

/** Display names of the formats. */
export const KIND_NAMES: Readonly<Record<ImageKind, string>> = {
  png: 'PNG',
  jpg: 'JPEG',
  gif: 'GIF',
  webp: 'WebP',
  avif: 'AVIF',
  bmp: 'BMP',
  ico: 'icon',
  svg: 'SVG',
};

/** The format of an image by its first bytes; undefined if they are not those of an image. */
export function imageKind(head: Uint8Array): ImageKind | undefined {
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (ascii(head, 0, 3) === '\xff\xd8\xff') return 'jpg';
  if (/^GIF8[79]a$/.test(ascii(head, 0, 6))) return 'gif';
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'webp';
  if (/^ftyp(avif|avis)$/.test(ascii(head, 4, 12))) return 'avif';
  // Many texts begin with "BM", so the reserved zeros and the header size are checked too.
  if (ascii(head, 0, 2) === 'BM' && head.length > 26 && view(head).getUint32(6, true) === 0) {
    if ([12, 40, 52, 56, 64, 108, 124].includes(view(head).getUint32(14, true))) return 'bmp';
  }
  if (ascii(head, 0, 4) === '\0\0\x01\0' && head.length > 22 && head[9] === 0 && (head[4] ?? 0) > 0) return 'ico';
  return svgTag(head) ? 'svg' : undefined;
}

/** Width and height in pixels from the first bytes of an image (64 KiB do for nearly all), or undefined. */
export function imageSize(head: Uint8Array): Size | undefined {
  const kind = imageKind(head);
  try {
    const size = kind && readers[kind](head, view(head));
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // The header is truncated. The browser reports a broken image itself.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const readers: Record<ImageKind, (head: Uint8Array, data: DataView) => Size | undefined> = {
  png: (_, data) => ({ width: data.getUint32(16), height: data.getUint32(20) }),
  gif: (_, data) => ({ width: data.getUint16(6, true), height: data.getUint16(8, true) }),
  bmp: (_, data) =>
    data.getUint32(14, true) === 12
      ? { width: data.getUint16(18, true), height: data.getUint16(20, true) }
      : { width: data.getInt32(18, true), height: Math.abs(data.getInt32(22, true)) },
  ico: (head) => ({ width: head[6] || 256, height: head[7] || 256 }),
  jpg: jpgSize,
  webp: webpSize,
  avif: avifSize,
  svg: svgSize,
};

function webpSize(head: Uint8Array, data: DataView): Size | undefined {
  switch (ascii(head, 12, 16)) {
    case 'VP8X':
      return { width: 1 + (data.getUint32(24, true) & 0xffffff), height: 1 + (data.getUint32(26, true) >>> 8) };
    case 'VP8L': {
      const bits = data.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case 'VP8 ':
      return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

/** The largest `ispe` (image spatial extents) property: a tiled picture has one for each tile, too. */
function avifSize(head: Uint8Array, data: DataView): Size | undefined {
  let best: Size | undefined;
  for (let at = 0; at + 20 <= head.length; at++) {
    if (head[at] !== 0x69 || ascii(head, at, at + 4) !== 'ispe') continue;
    const size = { width: data.getUint32(at + 8), height: data.getUint32(at + 12) };
    if (!best || size.width * size.height > best.width * best.height) best = size;
  }
  return best;
}

function jpgSize(head: Uint8Array, data: DataView): Size | undefined {
  let isRotated = false;
  for (let at = 2; at + 9 < head.length; ) {
    const marker = data.getUint16(at);
    if (marker >> 8 !== 0xff) return undefined;
    // SOF0 to SOF15; three markers of this range are tables: DHT, JPG and DAC.
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      const size = { height: data.getUint16(at + 5), width: data.getUint16(at + 7) };
      return isRotated ? { width: size.height, height: size.width } : size;
    }
    const length = data.getUint16(at + 2);
    if (marker === 0xffe1 && ascii(head, at + 4, at + 8) === 'Exif') {
      isRotated = orientation(head.subarray(at + 10, at + 2 + length)) >= 5;
    }
    at += 2 + length;
  }
  return undefined;
}

/** The orientation tag of an Exif block (a TIFF header and one directory): 5 to 8 mean a rotation by 90 degrees. */
function orientation(tiff: Uint8Array): number {
  const data = view(tiff);
  const little = ascii(tiff, 0, 2) === 'II';
  const directory = data.getUint32(4, little);
  const count = Math.min(data.getUint16(directory, little), 200);
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    if (data.getUint16(at, little) === 0x0112) return data.getUint16(at + 8, little);
  }
  return 1;
}

/** The opening `<svg …>` tag, if only declarations and comments precede it. */
function svgTag(head: Uint8Array): string | undefined {
  // Most files are not SVG: test the first visible byte before decoding anything.
  let at = bomLength(head);
  while ([9, 10, 13, 32].includes(head[at] ?? 0)) at++;
  if (head[at] !== 0x3c) return undefined;
  let text = new TextDecoder('latin1').decode(head.subarray(at, at + 65536));
  for (;;) {
    const prolog = /^(?:<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE\s+svg[^>[]*(?:\[[^\]]*\]\s*)?>)\s*/.exec(text);
    if (!prolog) break;
    text = text.slice(prolog[0].length);
  }
  return /^<(?:svg:)?svg(?=[\s>/])[^>]*/.exec(text)?.[0];
}

const pixels: Record<string, number> = { '': 1, px: 1, pt: 4 / 3, pc: 16, in: 96, cm: 96 / 2.54, mm: 9.6 / 2.54 };

function svgSize(head: Uint8Array): Size | undefined {
  const tag = svgTag(head) ?? '';
  const length = (name: string): number | undefined => {
    const [, value, unit] =
      new RegExp(`\\s${name}\\s*=\\s*["']\\s*([\\d.]+)(px|pt|pc|in|cm|mm|)\\s*["']`).exec(tag) ?? [];
    return value === undefined ? undefined : Math.round(Number(value) * (pixels[unit ?? ''] ?? 1));
  };
  const box = /\sviewBox\s*=\s*["']\s*[-\d.eE]+[\s,]+[-\d.eE]+[\s,]+([\d.eE]+)[\s,]+([\d.eE]+)/.exec(tag);
  const [ratioW, ratioH] = [Number(box?.[1]), Number(box?.[2])];
  const width = length('width');
  const height = length('height');
  if (width && height) return { width, height };
  if (!(ratioW > 0 && ratioH > 0)) return undefined;
  if (width) return { width, height: Math.round((width * ratioH) / ratioW) };
  if (height) return { width: Math.round((height * ratioW) / ratioH), height };
  return { width: Math.round(ratioW), height: Math.round(ratioH) };
}
