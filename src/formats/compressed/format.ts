import type { Format } from '../../shared/format.ts';
import { compressionOf, isTarHeader } from '../archive/signatures.ts';

const TAR_TYPES = 'tar tgz tar.gz tbz2 tar.bz2 txz tar.xz tzst tar.zst';
const TYPE_OF_COMPRESSION = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' };
const PREVIEW_BYTES = 64 * 1024;
/** Limits for a large file, which is read completely while its preview is shown. */
const LIMITS_OF_LARGE = { time: 40_000, bytes: 50e9 };

export default {
  name: 'compressed',
  about:
    'tar, also compressed, and gz, bz2, xz, zst: what is in them, with sizes and times, and previews of texts, pictures and archives inside',
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
