/** Reads the headers of audio and video files: format, codecs, dimensions and duration. */
import { type Facts, latin1, type Read, viewOf } from './file-facts.ts';
import { mp4Facts } from './mp4.ts';

const HEAD = 64 * 1024;

/** The type of an audio or video file by its first bytes, if browsers may support it. */
export function sniffMedia(head: Uint8Array): string | undefined {
  const text = latin1(head.subarray(0, 64));
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'wav';
  if (text.startsWith('fLaC')) return 'flac';
  if (text.startsWith('OggS\0')) return text.includes('theora') ? 'ogv' : 'ogg';
  if (text.startsWith('\x1aE\xdf\xa3')) return text.includes('webm') ? 'webm' : 'mkv';
  const brand = /^\0\0\0[\s\S]ftyp([\w ]{4})/.exec(text)?.[1];
  // AVIF and HEIF pictures use this container too.
  if (brand !== undefined && !/^(?:avi[fs]|hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand))
    return brand === 'qt  ' ? 'mov' : /^M4[AB] $/.test(brand) ? 'm4a' : 'mp4';
  if (/^ID3[\x02-\x04]\0/.test(text)) return 'mp3';
  return isMp3(head) ? 'mp3' : undefined;
}

/**
 * Whether the file begins with an MPEG layer III frame. The sync word of eleven bits occurs in other data too, so a
 * second frame must follow.
 */
function isMp3(head: Uint8Array): boolean {
  const length = mp3Frame(head, 0);
  return length > 0 && mp3Frame(head, length) > 0;
}

/** Sample rates (Hz) of MPEG-1, and bit rates (kbit/s) of layer III. */
const RATES = [44100, 48000, 32000];
const MPEG1_BITRATES = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_BITRATES = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** The length of the MPEG layer III frame at an offset, or 0 if there is none. */
function mp3Frame(head: Uint8Array, offset: number): number {
  const [a = 0, b = 0, c = 0] = head.subarray(offset, offset + 3);
  const version = (b >> 3) & 3;
  if (a !== 0xff || (b & 0xe6) !== 0xe2 || version === 1) return 0;
  const isVersion1 = version === 3;
  const bitrate = (isVersion1 ? MPEG1_BITRATES : MPEG2_BITRATES)[(c >> 4) - 1];
  const rate = RATES[(c >> 2) & 3];
  if (bitrate === undefined || rate === undefined) return 0;
  const actualRate = isVersion1 ? rate : version === 2 ? rate / 2 : rate / 4;
  return Math.floor(((isVersion1 ? 144_000 : 72_000) * bitrate) / actualRate) + ((c >> 1) & 1);
}

/** The facts about a file, or undefined if its format is not known. Reads only headers. */
export function mediaFacts(read: Read, size: number): Facts | undefined {
  const head = read(0, HEAD);
  try {
    switch (sniffMedia(head)) {
      case 'wav':
        return wavFacts(head, size);
      case 'flac':
        return flacFacts(head);
      case 'ogg':
      case 'ogv':
        return oggFacts(head);
      case 'webm':
        return matroskaFacts('WebM', head);
      case 'mkv':
        return matroskaFacts('Matroska', head);
      case 'mp4':
      case 'm4a':
        return mp4Facts('MPEG-4', read, size);
      case 'mov':
        return mp4Facts('QuickTime', read, size);
      case 'mp3':
        return { kind: 'audio', name: 'MP3', details: [] };
      default:
        return undefined;
    }
  } catch (error) {
    // The header is incomplete. The browser reports that when it plays the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `44.1 kHz`, `stereo`, `16 bit`. */
export function soundDetails(rate: number, channels: number, bits?: number): string[] {
  const names: Record<number, string> = { 1: 'mono', 2: 'stereo' };
  return [
    `${Number((rate / 1000).toPrecision(4))} kHz`,
    names[channels] ?? `${channels} channels`,
    ...(bits ? [`${bits} bit`] : []),
  ];
}

const WAV_CODES: Record<number, string> = {
  1: 'PCM',
  2: 'ADPCM',
  3: 'PCM float',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
};

function wavFacts(head: Uint8Array, size: number): Facts {
  const data = viewOf(head);
  const base = { kind: 'audio', name: 'WAV' } as const;
  let details: string[] = [];
  let bytesPerSecond = 0;
  for (let offset = 12; offset + 8 <= head.length; ) {
    const id = latin1(head.subarray(offset, offset + 4));
    const length = data.getUint32(offset + 4, true);
    if (id === 'fmt ') {
      // WAVE_FORMAT_EXTENSIBLE: the codec is at the beginning of the sub-format GUID.
      const tag = data.getUint16(offset + 8, true);
      const code = tag === 0xfffe ? data.getUint16(offset + 32, true) : tag;
      bytesPerSecond = data.getUint32(offset + 16, true);
      const bits = data.getUint16(offset + 22, true);
      details = [
        WAV_CODES[code] ?? `codec ${code}`,
        ...soundDetails(data.getUint32(offset + 12, true), data.getUint16(offset + 10, true), bits),
      ];
    }
    if (id === 'data') {
      // The header of a streamed WAV has no valid length: limit it to the rest of the file.
      const bytes = Math.min(length, size - offset - 8);
      return { ...base, details, ...(bytesPerSecond > 0 && { duration: bytes / bytesPerSecond }) };
    }
    offset += 8 + length + (length % 2);
  }
  return { ...base, details };
}

function flacFacts(head: Uint8Array): Facts {
  const data = viewOf(head);
  const word = data.getUint32(18);
  const rate = word >>> 12;
  const samples = (data.getUint8(21) & 15) * 2 ** 32 + data.getUint32(22);
  return {
    kind: 'audio',
    name: 'FLAC',
    details: soundDetails(rate, ((word >>> 9) & 7) + 1, ((word >>> 4) & 31) + 1),
    ...(rate > 0 && samples > 0 && { duration: samples / rate }),
  };
}

function oggFacts(head: Uint8Array): Facts {
  const text = latin1(head.subarray(0, 4096));
  const signatures: [string, string][] = [
    ['\x80theora', 'Theora'],
    ['\x01vorbis', 'Vorbis'],
    ['OpusHead', 'Opus'],
    ['\x7fFLAC', 'FLAC'],
    ['Speex   ', 'Speex'],
  ];
  const details = signatures.filter(([signature]) => text.includes(signature)).map(([, name]) => name);
  return { kind: details.includes('Theora') ? 'video' : 'audio', name: 'Ogg', details };
}

const MATROSKA_CODECS: Record<string, string> = {
  V_VP8: 'VP8',
  V_VP9: 'VP9',
  V_AV1: 'AV1',
  'V_MPEG4/ISO/AVC': 'H.264',
  'V_MPEGH/ISO/HEVC': 'H.265',
  A_OPUS: 'Opus',
  A_VORBIS: 'Vorbis',
  A_AAC: 'AAC',
  A_FLAC: 'FLAC',
  A_AC3: 'AC-3',
  'A_MPEG/L3': 'MP3',
};

/** Finds codecs and dimensions by their element ids, without parsing the element tree. Tracks precede the data. */
function matroskaFacts(name: string, head: Uint8Array): Facts {
  const text = latin1(head);
  const codecs = [...text.matchAll(/\x86[\x80-\xc0]([VA]_[\w/]{2,40})/g)].map((match) => match[1] ?? '');
  const size = /\xb0(\x81[\s\S]|\x82[\s\S]{2})\xba(\x81[\s\S]|\x82[\s\S]{2})/.exec(text);
  const number = (bytes = ''): number =>
    Array.from(bytes.slice(1)).reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
  const kind = codecs.length > 0 && !codecs.some((codec) => codec.startsWith('V_')) ? 'audio' : 'video';
  return {
    kind,
    name,
    details: [...new Set(codecs.map((codec) => MATROSKA_CODECS[codec] ?? codec))],
    ...(kind === 'video' && size && { width: number(size[1]), height: number(size[2]) }),
  };
}
