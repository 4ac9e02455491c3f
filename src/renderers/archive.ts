import type { Renderer } from '../model/renderer.ts';
import { isTarHeader, isZip } from './archive/kinds.ts';

const ZIPS = 'zip jar war whl egg apk xpi nupkg vsix kmz epub cbz';

export default {
  name: 'archive',
  about: 'zip and tar: what is in them, with sizes and times, and a look at texts and pictures inside',
  types: [...ZIPS.split(' '), 'tar'],
  preview: true,

  sniff(head) {
    // Office documents are zips, too, and not meant as such.
    if (isZip(head))
      return Buffer.from(head.subarray(30, 49)).toString('latin1') === '[Content_Types].xml' ? undefined : 'zip';
    return isTarHeader(head.subarray(0, 512)) ? 'tar' : undefined;
  },

  async render(input, output) {
    const { archivePage } = await import('./archive/page.ts');
    await archivePage(input, output);
  },
} satisfies Renderer;
