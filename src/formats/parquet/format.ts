import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

export default {
  name: 'parquet',
  about: 'Parquet: its schema and first rows, and a view of the whole that reads only what is seen, sorts and filters',
  types: ['parquet', 'parq', 'geoparquet'],
  searchText: 'page',
  preview: true,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 4)) === 'PAR1' ? 'parquet' : undefined),
  async render(input, output) {
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => show(input, output));
  },
} satisfies Format;

/** Writes the page. Throws where nothing of the file can be shown. */
async function show(input: RenderInput, output: RenderOutput): Promise<void> {
  const [
    { openRandomAccess: openPart },
    { openParquet },
    { firstRows },
    { aboutFile, schemaHtml, STYLE },
    html,
    look,
    { escapeHtml, page },
    words,
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
  const part = openPart(input.path);
  try {
    if (part.byteLength === 0) {
      await output.page(page({ title: input.title ?? input.name, body: '<p class="note">The file is empty.</p>' }));
      return;
    }
    const parquet = await openParquet(part);
    const { rows } = parquet;
    const columns = parquet.columns.slice(0, html.MAX_COLUMNS);
    const preview = await firstRows(parquet, columns.length, html.previewRows(columns.length));
    const shown = html.rowsWithinLimit(preview.rows, columns.length);
    const types = columns.map(({ type }) => type);
    const all = parquet.columns.length;
    const notes = [
      aboutFile(parquet),
      all > columns.length ? words.firstOf(columns.length, all, 'column') : '',
      rows === 0 ? 'The table has no rows.' : '',
    ];
    const note = (text: string, style = 'note'): string => (text ? `<p class="${style}">${escapeHtml(text)}</p>` : '');
    await output.page(
      page({
        title: input.title ?? input.name,
        style: look.TABLE_STYLE + STYLE + html.alignment(types),
        body: `<div class="bar">${html.toolbarHtml(`${words.plural(rows, 'row')} × ${words.plural(all, 'column')}`, { all: shown.length < rows, filter: true })}</div>${notes.map((text) => note(text)).join('')}${preview.problems.map((text) => note(text, 'note bad')).join('')}${schemaHtml(parquet)}${
          columns.length === 0
            ? ''
            : html.tableHtml({
                names: columns.map(({ name }) => name),
                types: columns.map(({ label }) => label),
                firstRows: shown,
                lastRows: [],
                hiddenRows: rows - shown.length,
                isSortable: true,
              })
        }${html.tableDataHtml({ columns: columns.length, types, size: part.byteLength, source: input.source, rows, reader: output.asset('parquet.js') })}`,
        scripts: columns.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    part.close();
  }
}
