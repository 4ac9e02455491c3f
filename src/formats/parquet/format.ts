import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

export default {
  name: 'parquet',
  about: 'Parquet: its schema and first rows; scrolling, sorting and filtering read only the data they need',
  types: ['parquet', 'parq', 'geoparquet'],
  searchText: 'page',
  preview: true,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 4)) === 'PAR1' ? 'parquet' : undefined),
  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { openRandomAccess } = await import('../../node/kit/table/random-access-file.ts');
  const { openParquet } = await import('./shared/read.ts');
  const { firstRows } = await import('./preview.ts');
  const { MAX_COLUMNS, previewRows } = await import('../../shared/kit/table/table-html.ts');
  const { parquetPage } = await import('./page.ts');
  const { page } = await import('../../shared/kit/page/shell.ts');
  const file = openRandomAccess(input.path);
  try {
    if (file.byteLength === 0) {
      await output.page(page({ title: input.title ?? input.name, body: '<p class="note">The file is empty.</p>' }));
      return;
    }
    const parquet = await openParquet(file);
    const shownColumns = Math.min(MAX_COLUMNS, parquet.columns.length);
    const preview = await firstRows(parquet, shownColumns, previewRows(shownColumns));
    await output.page(parquetPage(parquet, preview, input, output));
  } finally {
    file.close();
  }
}
