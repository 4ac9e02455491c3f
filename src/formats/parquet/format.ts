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
    await renderOrUnreadable(input, output, () => renderPage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function renderPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const [
    { openRandomAccess },
    { openParquet },
    { firstRows },
    { aboutFile, schemaHtml, STYLE },
    table,
    pageData,
    { escapeHtml, page },
    numbers,
  ] = await Promise.all([
    import('../../node/kit/table/random-access-file.ts'),
    import('./shared/read.ts'),
    import('./preview.ts'),
    import('./page.ts'),
    import('../../shared/kit/table/table-html.ts'),
    import('../../shared/kit/table/page-data.ts'),
    import('../../shared/kit/page/shell.ts'),
    import('../../shared/kit/text/numbers.ts'),
  ]);
  const file = openRandomAccess(input.path);
  try {
    if (file.byteLength === 0) {
      await output.page(page({ title: input.title ?? input.name, body: '<p class="note">The file is empty.</p>' }));
      return;
    }
    const parquet = await openParquet(file);
    const { rows } = parquet;
    const columns = parquet.columns.slice(0, table.MAX_COLUMNS);
    const preview = await firstRows(parquet, columns.length, table.previewRows(columns.length));
    const shownRows = table.rowsWithinLimit(preview.rows, columns.length);
    const types = columns.map(({ type }) => type);
    const totalColumns = parquet.columns.length;
    const notes = [
      aboutFile(parquet),
      totalColumns > columns.length ? numbers.firstOf(columns.length, totalColumns, 'column') : '',
      rows === 0 ? 'The table has no rows.' : '',
    ];
    const note = (text: string, style = 'note'): string => (text ? `<p class="${style}">${escapeHtml(text)}</p>` : '');
    await output.page(
      page({
        title: input.title ?? input.name,
        style: pageData.TABLE_STYLE + STYLE + table.alignment(types),
        body: `<div class="bar">${table.toolbarHtml(`${numbers.plural(rows, 'row')} × ${numbers.plural(totalColumns, 'column')}`, { all: shownRows.length < rows, filter: true })}</div>${notes.map((text) => note(text)).join('')}${preview.problems.map((text) => note(text, 'note bad')).join('')}${schemaHtml(parquet)}${
          columns.length === 0
            ? ''
            : table.tableHtml({
                names: columns.map(({ name }) => name),
                types: columns.map(({ label }) => label),
                firstRows: shownRows,
                lastRows: [],
                hiddenRows: rows - shownRows.length,
                isSortable: true,
              })
        }${table.tableDataHtml({ columns: columns.length, types, size: file.byteLength, source: input.source, rows, reader: output.asset('parquet.js') })}`,
        scripts: columns.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    file.close();
  }
}
