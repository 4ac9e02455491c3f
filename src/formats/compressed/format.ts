import type { Format } from '../../shared/format.ts';
import { compressionOf, isTarHeader } from '../archive/signatures.ts';

const TAR_TYPES = 'tar tgz tar.gz tbz2 tar.bz2 txz tar.xz tzst tar.zst';
const TYPE_OF_COMPRESSION = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' };
const PREVIEW_BYTES = 64 * 1024;
/** The limits for a large file, which is read to its end while its preview is shown: milliseconds, unpacked bytes. */
const LIMITS_OF_LARGE = { time: 40_000, bytes: 50e9 };

export default {
  name: 'compressed',
  about:
    'Tar archives and gz, bz2, xz, zst files: members with sizes and times, and previews of texts, pictures, archives',
  types: [TAR_TYPES, 'gz bz2 xz zst'].join(' ').split(' '),
  searchText: 'page',
  preview: true,
  first: PREVIEW_BYTES,

  sniff(head) {
    if (isTarHeader(head.subarray(0, 512))) return 'tar';
    const compression = compressionOf(head);
    return compression && TYPE_OF_COMPRESSION[compression];
  },

  async render(input, output) {
    const { archivePage } = await import('../archive/page.ts');
    await archivePage(input, output, input.bytes > PREVIEW_BYTES && !input.part ? LIMITS_OF_LARGE : undefined);
  },
} satisfies Format;
