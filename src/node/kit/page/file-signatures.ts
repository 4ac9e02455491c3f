/** Describes a file by its first bytes. A small table of common signatures, in the manner of file(1). */

type Signature = readonly [description: string, offset: number, bytes: string];

// Bytes as Latin-1 strings. The first match wins, so specific signatures precede general ones.
const SIGNATURES: readonly Signature[] = [
  ['PNG image', 0, '\x89PNG\r\n\x1a\n'],
  ['JPEG image', 0, '\xff\xd8\xff'],
  ['GIF image', 0, 'GIF8'],
  ['WebP image', 8, 'WEBP'],
  ['WAVE audio', 8, 'WAVE'],
  ['AVI video', 8, 'AVI '],
  ['AVIF image', 4, 'ftypavif'],
  ['HEIF image', 4, 'ftypheic'],
  ['QuickTime video', 4, 'ftypqt'],
  ['MPEG-4 media', 4, 'ftyp'],
  ['TIFF image', 0, 'II*\0'],
  ['TIFF image', 0, 'MM\0*'],
  ['BMP image', 0, 'BM'],
  ['Windows icon', 0, '\0\0\x01\0'],
  ['Photoshop image', 0, '8BPS'],
  ['OpenEXR image', 0, '\x76\x2f\x31\x01'],
  ['PDF document', 0, '%PDF-'],
  ['PostScript document', 0, '%!PS'],
  ['RTF document', 0, '{\\rtf'],
  ['old Microsoft Office document', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['OpenDocument or EPUB file (zip)', 30, 'mimetypeapplication/'],
  ['Microsoft Office document (zip)', 30, '[Content_Types].xml'],
  ['Java archive (zip)', 30, 'META-INF/'],
  ['Zip archive', 0, 'PK\x03\x04'],
  ['empty Zip archive', 0, 'PK\x05\x06'],
  ['gzip compressed data', 0, '\x1f\x8b'],
  ['bzip2 compressed data', 0, 'BZh'],
  ['XZ compressed data', 0, '\xfd7zXZ\0'],
  ['Zstandard compressed data', 0, '\x28\xb5\x2f\xfd'],
  ['LZ4 compressed data', 0, '\x04\x22\x4d\x18'],
  ['7-Zip archive', 0, '7z\xbc\xaf\x27\x1c'],
  ['RAR archive', 0, 'Rar!\x1a\x07'],
  ['tar archive', 257, 'ustar'],
  ['Debian package or static library (ar)', 0, '!<arch>\n'],
  ['RPM package', 0, '\xed\xab\xee\xdb'],
  ['Microsoft Cabinet archive', 0, 'MSCF'],
  ['ISO 9660 CD image', 32769, 'CD001'],
  ['Windows or DOS program', 0, 'MZ'],
  ['Mach-O program or library', 0, '\xcf\xfa\xed\xfe'],
  ['Mach-O program or library', 0, '\xce\xfa\xed\xfe'],
  ['Java class', 0, '\xca\xfe\xba\xbe'],
  ['WebAssembly module', 0, '\0asm'],
  ['SQLite 3 database', 0, 'SQLite format 3\0'],
  ['Parquet table', 0, 'PAR1'],
  ['Apache Arrow file', 0, 'ARROW1'],
  ['HDF5 data', 0, '\x89HDF\r\n\x1a\n'],
  ['NetCDF data', 0, 'CDF\x01'],
  ['NumPy array', 0, '\x93NUMPY'],
  ['R data (uncompressed)', 0, 'RDX'],
  ['MATLAB data', 0, 'MATLAB 5.0 MAT-file'],
  ['BAM alignment (uncompressed)', 0, 'BAM\x01'],
  ['MP3 audio', 0, 'ID3'],
  ['MP3 audio', 0, '\xff\xfb'],
  ['Ogg media', 0, 'OggS'],
  ['FLAC audio', 0, 'fLaC'],
  ['MIDI music', 0, 'MThd'],
  ['Matroska or WebM media', 0, '\x1a\x45\xdf\xa3'],
  ['WOFF font', 0, 'wOFF'],
  ['WOFF2 font', 0, 'wOF2'],
  ['OpenType font', 0, 'OTTO'],
  ['TrueType font', 0, '\0\x01\0\0'],
  ['packet capture', 0, '\xd4\xc3\xb2\xa1'],
  ['packet capture', 0, '\x0a\x0d\x0d\x0a'],
  ['Git pack', 0, 'PACK\0\0\0'],
  ['Git index', 0, 'DIRC'],
  ['Linux core or crash dump', 0, 'KDUMP   '],
];

const ELF_KIND: Record<number, string> = {
  1: 'object file',
  2: 'program',
  3: 'shared object or program',
  4: 'core dump',
};
const ELF_MACHINE: Record<number, string> = {
  3: 'x86',
  40: 'ARM',
  62: 'x86-64',
  183: 'ARM64',
  243: 'RISC-V',
  21: 'PowerPC64',
  22: 'S390',
};

/** A short description of a file by its first bytes (4096 are enough), or undefined if no signature matches. */
export function describeSignature(head: Uint8Array): string | undefined {
  const is = (offset: number, bytes: string) => {
    for (let i = 0; i < bytes.length; i++) if (head[offset + i] !== bytes.charCodeAt(i)) return false;
    return true;
  };
  if (is(0, '\x7fELF')) return elf(head);
  const size = is(0, '\x89PNG') && head.length >= 24 ? new DataView(head.buffer, head.byteOffset) : undefined;
  if (size) return `PNG image, ${size.getUint32(16)} × ${size.getUint32(20)}`;
  return SIGNATURES.find(([, offset, bytes]) => is(offset, bytes))?.[0];
}

function elf(head: Uint8Array): string {
  const little = head[5] !== 2;
  const word = (at: number) => (head[at + (little ? 0 : 1)] ?? 0) + 256 * (head[at + (little ? 1 : 0)] ?? 0);
  const machine = ELF_MACHINE[word(18)];
  return `ELF ${head[4] === 2 ? '64' : '32'}-bit ${ELF_KIND[word(16)] ?? 'file'}${machine ? ` for ${machine}` : ''}`;
}
