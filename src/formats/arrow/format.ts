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
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const [{ openRandomAccess: openPart }, { openArrow, valueAt }, html, { formatCell: textOf }, look, { page }, words] =
    await Promise.all([
      import('../../node/kit/table/random-access-file.ts'),
      import('./shared/read.ts'),
      import('../../shared/kit/table/table-html.ts'),
      import('../../shared/kit/table/cell-format.ts'),
      import('../../shared/kit/table/page-data.ts'),
      import('../../shared/kit/page/shell.ts'),
      import('../../shared/kit/text/numbers.ts'),
    ]);
  const preview = openPart(input.path);
  try {
    const title = input.title ?? input.name;
    const size = preview.byteLength;
    if (size === 0) {
      await output.page(page({ title, body: '<p class="note">The file is empty.</p>' }));
      return;
    }
    const arrow = await openArrow(async (from, to) => new Uint8Array(preview.slice(from, to)), size, MAX_PREVIEW_BYTES);
    const columns = arrow.columns.slice(0, html.MAX_COLUMNS);
    const maxRows = html.previewRows(columns.length);
    const rows: (string | null)[][] = [];
    const notes = [words.size(size)];
    let isComplete = true;
    try {
      for await (const batch of arrow.batches()) {
        for (let row = 0; row < batch.numRows && rows.length < maxRows; row++)
          rows.push(columns.map(({ format }, i) => textOf(valueAt(batch, i, row), format)));
        isComplete = rows.length < maxRows;
        if (!isComplete) break;
      }
    } catch (error) {
      isComplete = false;
      notes.push(`The first rows could not be read: ${error instanceof Error ? error.message : String(error)}.`);
    }
    if (columns.length < arrow.columns.length)
      notes.push(words.firstOf(columns.length, arrow.columns.length, 'column'));
    const { html: body, style } = html.sheetsHtml([
      {
        name: title,
        columns,
        rows,
        count: (isComplete ? words.plural : words.atLeast)(rows.length, 'row'),
        all: isComplete,
        notes,
        facts: {
          columns: columns.length,
          types: columns.map(({ type }) => type),
          size,
          source: input.source,
          rows: isComplete ? rows.length : undefined,
          reader: output.asset('arrow.js'),
        },
      },
    ]);
    await output.page(page({ title, style: look.TABLE_STYLE + style, body, scripts: [output.asset('table.js')] }));
  } finally {
    preview.close();
  }
}
