/** Reads the headers of MPEG-4 and QuickTime files (ISO/IEC 14496-12), which consist of nested boxes. */
import { type Facts, latin1, type Read, viewOf } from './file-facts.ts';

interface Box {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** Largest number of boxes that are read. */
const MAX_BOXES = 400;

const CODECS: Record<string, string> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hvc1: 'H.265',
  hev1: 'H.265',
  av01: 'AV1',
  vp09: 'VP9',
  mp4v: 'MPEG-4 Visual',
  jpeg: 'Motion JPEG',
  mp4a: 'AAC',
  alac: 'Apple Lossless',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  Opus: 'Opus',
  fLaC: 'FLAC',
  sowt: 'PCM',
  twos: 'PCM',
  lpcm: 'PCM',
  apch: 'ProRes',
  apcn: 'ProRes',
  apcs: 'ProRes',
  apco: 'ProRes',
  ap4h: 'ProRes',
  ap4x: 'ProRes',
};

/** Reads the facts from the `moov` box, which may be at the end of the file: other boxes are skipped. */
export function mp4Facts(name: string, read: Read, size: number): Facts {
  let remainingBoxes = MAX_BOXES;
  /** Whether a box extends beyond the end of the file, which is then incomplete. */
  let isCut = false;

  function* boxes(from: number, to: number): Generator<Box> {
    for (let offset = from; offset + 8 <= to && remainingBoxes > 0; remainingBoxes--) {
      const head = read(offset, 16);
      if (head.length < 8) return;
      const data = viewOf(head);
      const size32 = data.getUint32(0);
      const is64Bit = size32 === 1 && head.length === 16;
      const length = size32 === 0 ? to - offset : is64Bit ? Number(data.getBigUint64(8)) : size32;
      const begin = offset + (is64Bit ? 16 : 8);
      if (length < begin - offset) return;
      if (offset + length > size) isCut = true;
      yield { type: latin1(head.subarray(4, 8)), from: begin, to: Math.min(to, offset + length) };
      offset += length;
    }
  }
  const find = (box: Box | undefined, ...path: string[]): Box | undefined => {
    let current = box;
    for (const type of path)
      current = current && first(boxes(current.from, current.to), (inner) => inner.type === type);
    return current;
  };

  const movie = first(boxes(0, size), (box) => box.type === 'moov');
  const codecs: string[] = [];
  let kind: Facts['kind'] | undefined;
  let dimensions: { width: number; height: number } | undefined;
  let duration: number | undefined;
  for (const box of movie ? boxes(movie.from, movie.to) : []) {
    if (box.type === 'mvhd') duration = durationOf(read(box.from, 32));
    if (box.type !== 'trak') continue;
    const handler = find(box, 'mdia', 'hdlr');
    const handlerType = handler ? latin1(read(handler.from + 8, 4)) : '';
    if (handlerType !== 'vide' && handlerType !== 'soun') continue;
    const table = find(box, 'mdia', 'minf', 'stbl', 'stsd');
    // A full box with a count, then entries with size, type and, for video, width and height.
    const entry = table ? read(table.from + 8, 36) : new Uint8Array();
    const code = latin1(entry.subarray(4, 8));
    if (code) codecs.push(CODECS[code] ?? code.replace(/[^\x20-\x7e]/g, '?'));
    kind ??= 'audio';
    if (handlerType === 'vide') {
      kind = 'video';
      if (entry.length === 36) dimensions = { width: viewOf(entry).getUint16(32), height: viewOf(entry).getUint16(34) };
    }
  }
  return {
    kind: kind ?? 'video',
    name,
    details: [...new Set(codecs), ...(isCut || !movie ? ['incomplete'] : [])],
    ...(dimensions && dimensions.width > 0 && dimensions.height > 0 && dimensions),
    ...(duration !== undefined && { duration }),
  };
}

function first(boxes: Iterable<Box>, matches: (box: Box) => boolean): Box | undefined {
  for (const box of boxes) if (matches(box)) return box;
  return undefined;
}

/** The duration in seconds from a movie header (`mvhd`) of version 0 or 1; undefined if it is unknown. */
function durationOf(header: Uint8Array): number | undefined {
  if (header.length < 32) return undefined;
  const data = viewOf(header);
  const is64Bit = data.getUint8(0) === 1;
  const scale = data.getUint32(is64Bit ? 20 : 12);
  const length = is64Bit ? Number(data.getBigUint64(24)) : data.getUint32(16);
  const seconds = length / scale;
  return seconds > 0 && seconds < 1e7 ? seconds : undefined;
}
