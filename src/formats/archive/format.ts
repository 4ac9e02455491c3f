import type { Format } from '../../shared/format.ts';
import { isZip } from './signatures.ts';

const ZIP_TYPES = 'zip jar war whl egg apk xpi nupkg vsix kmz epub cbz';

export default {
  name: 'archive',
  about: 'Zip archives: members with sizes and times, and previews of texts, pictures, archives',
  types: ZIP_TYPES.split(' '),
  searchText: 'page',
  preview: true,
  // The central directory is at the end; a preview lists the local headers at the beginning of a large file.
  first: 32 * 1024,

  sniff(head) {
    // Office documents are zip files too, but they have formats of their own.
    const isOfficeDocument = Buffer.from(head.subarray(30, 49)).toString('latin1') === '[Content_Types].xml';
    return isZip(head) && !isOfficeDocument ? 'zip' : undefined;
  },

  async render(input, output) {
    const { archivePage } = await import('./page.ts');
    await archivePage(input, output);
  },
} satisfies Format;
