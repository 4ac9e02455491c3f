import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

/** Bytes read to show the first rows. */
const MAX_PREVIEW_BYTES = 32 * 1024 * 1024;

export default {
  name: 'arrow',
  about: 'Arrow files and streams, Feather: column types and first rows; all rows sort and filter',
  types: ['arrow', 'arrows', 'feather', 'ipc'],
  searchText: 'page',
  preview: true,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 6)) === 'ARROW1' ? 'arrow' : undefined),
  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { openRandomAccess } = await import('../../node/kit/table/random-access-file.ts');
  const { previewTable } = await import('./preview.ts');
  const { openArrow } = await import('./shared/read.ts');
  const { sheetsHtml } = await import('../../shared/kit/table/table-html.ts');
  const { TABLE_STYLE } = await import('../../shared/kit/table/page-data.ts');
  const { page } = await import('../../shared/kit/page/shell.ts');
  const file = openRandomAccess(input.path);
  try {
    const title = input.title ?? input.name;
    const size = file.byteLength;
    if (size === 0) {
      await output.page(page({ title, body: '<p class="note">The file is empty.</p>' }));
      return;
    }
    const arrow = await openArrow(async (from, to) => new Uint8Array(file.slice(from, to)), size, MAX_PREVIEW_BYTES);
    const sheet = await previewTable(arrow, title, {
      size,
      source: input.source,
      reader: output.asset('arrow.js'),
    });
    const { html: body, style } = sheetsHtml([sheet]);
    await output.page(page({ title, style: TABLE_STYLE + style, body, scripts: [output.asset('table.js')] }));
  } finally {
    file.close();
  }
}
