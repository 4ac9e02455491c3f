import type { Renderer } from '../model/renderer.ts';
import { compressionOf } from './archive/kinds.ts';

const TARS = 'tgz tar.gz tbz2 tar.bz2 txz tar.xz tzst tar.zst';
const TYPES = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' };
const FIRST = 512 * 1024;
/** All of a large one is read while its first page is seen. */
const PATIENT = { time: 40_000, bytes: 50e9 };

export default {
  name: 'compressed',
  about: 'gzip, bzip2, xz and zstd, a tar in them or one file: what is in it, with sizes, and a look inside',
  types: [TARS, 'gz bz2 xz zst'].join(' ').split(' '),
  first: FIRST,

  sniff(head) {
    const how = compressionOf(head);
    return how && TYPES[how];
  },

  async render(input, output) {
    const { archivePage } = await import('./archive/page.ts');
    await archivePage(input, output, input.bytes > FIRST && !input.part ? PATIENT : undefined);
  },
} satisfies Renderer;
