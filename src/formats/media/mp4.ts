/** MPEG-4 and QuickTime files (ISO/IEC 14496-12): boxes in boxes, of which only the heads of the tracks are looked at. */
import { type Facts, latin1, type Read, viewOf } from './bytes.ts';

interface Box {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** So many boxes are looked at: a file made of nothing but small boxes has no end. */
const MOST = 400;

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

/** What the tracks of the file say. The index may stand at the end of the file, so it is found by jumps. */
export function mp4Facts(name: string, read: Read, size: number): Facts {
  let left = MOST;
  /** A box ends behind the end of the file. */
  let cut = false;

  function* boxes(from: number, to: number): Generator<Box> {
    for (let at = from; at + 8 <= to && left > 0; left--) {
      const head = read(at, 16);
      if (head.length < 8) return;
      const data = viewOf(head);
      const short = data.getUint32(0);
      const long = short === 1 && head.length === 16;
      const length = short === 0 ? to - at : long ? Number(data.getBigUint64(8)) : short;
      const begin = at + (long ? 16 : 8);
      if (length < begin - at) return;
      if (at + length > size) cut = true;
      yield { type: latin1(head.subarray(4, 8)), from: begin, to: Math.min(to, at + length) };
      at += length;
    }
  }
  const find = (box: Box | undefined, ...path: string[]): Box | undefined => {
    let found = box;
    for (const type of path) found = found && first(boxes(found.from, found.to), (inner) => inner.type === type);
    return found;
  };

  const film = first(boxes(0, size), (box) => box.type === 'moov');
  const codecs: string[] = [];
  let kind: Facts['kind'] | undefined;
  let picture: { width: number; height: number } | undefined;
  let duration: number | undefined;
  for (const box of film ? boxes(film.from, film.to) : []) {
    if (box.type === 'mvhd') duration = durationOf(read(box.from, 32));
    if (box.type !== 'trak') continue;
    const handler = find(box, 'mdia', 'hdlr');
    const what = handler ? latin1(read(handler.from + 8, 4)) : '';
    if (what !== 'vide' && what !== 'soun') continue;
    const table = find(box, 'mdia', 'minf', 'stbl', 'stsd');
    // A full box with a count, then entries: size, type, and for pictures width and height.
    const entry = table ? read(table.from + 8, 36) : new Uint8Array();
    const code = latin1(entry.subarray(4, 8));
    if (code) codecs.push(CODECS[code] ?? code.replace(/[^\x20-\x7e]/g, '?'));
    kind ??= 'audio';
    if (what === 'vide') {
      kind = 'video';
      if (entry.length === 36) picture = { width: viewOf(entry).getUint16(32), height: viewOf(entry).getUint16(34) };
    }
  }
  return {
    kind: kind ?? 'video',
    name,
    details: [...new Set(codecs), ...(cut || !film ? ['not complete'] : [])],
    ...(picture && picture.width > 0 && picture.height > 0 && picture),
    ...(duration !== undefined && { duration }),
  };
}

function first(boxes: Iterable<Box>, fits: (box: Box) => boolean): Box | undefined {
  for (const box of boxes) if (fits(box)) return box;
  return undefined;
}

/** Seconds, by a movie header (`mvhd`) of version 0 or 1; undefined where it does not know. */
function durationOf(header: Uint8Array): number | undefined {
  if (header.length < 32) return undefined;
  const data = viewOf(header);
  const long = data.getUint8(0) === 1;
  const scale = data.getUint32(long ? 20 : 12);
  const length = long ? Number(data.getBigUint64(24)) : data.getUint32(16);
  const seconds = length / scale;
  return seconds > 0 && seconds < 1e7 ? seconds : undefined;
}
