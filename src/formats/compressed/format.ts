import type { Format } from '../../shared/format.ts';
import { compressionOf, isTarHeader } from '../archive/kinds.ts';

const TARS = 'tar tgz tar.gz tbz2 tar.bz2 txz tar.xz tzst tar.zst';
const TYPES = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' };
const FIRST = 64 * 1024;
/** All of a large one is read while its first page is seen. */
const PATIENT = { time: 40_000, bytes: 50e9 };

export default {
  name: 'compressed',
  about:
    'tar, also compressed, and gz, bz2, xz, zst: what is in them, with sizes and times, and a look at texts, pictures and archives inside',
  types: [TARS, 'gz bz2 xz zst'].join(' ').split(' '),
  searchText: 'page',
  preview: true,
  first: FIRST,

  sniff(head) {
    if (isTarHeader(head.subarray(0, 512))) return 'tar';
    const how = compressionOf(head);
    return how && TYPES[how];
  },

  async render(input, output) {
    const { archivePage } = await import('../archive/page.ts');
    await archivePage(input, output, input.bytes > FIRST && !input.part ? PATIENT : undefined);
  },
} satisfies Format;
