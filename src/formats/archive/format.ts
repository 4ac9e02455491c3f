import type { Format } from '../../shared/format.ts';
import { isZip } from './kinds.ts';

const ZIPS = 'zip jar war whl egg apk xpi nupkg vsix kmz epub cbz';

export default {
  name: 'archive',
  about: 'zip: what is in it, with sizes and times, and a look at texts, pictures and archives inside',
  types: ZIPS.split(' '),
  searchText: 'page',
  preview: true,
  // Its directory stands at its end: a large one is listed from its beginning first.
  first: 32 * 1024,

  sniff(head) {
    // Office documents are zips, too, and not meant as such.
    const office = Buffer.from(head.subarray(30, 49)).toString('latin1') === '[Content_Types].xml';
    return isZip(head) && !office ? 'zip' : undefined;
  },

  async render(input, output) {
    const { archivePage } = await import('./page.ts');
    await archivePage(input, output);
  },
} satisfies Format;
