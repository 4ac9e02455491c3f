import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

/** Largest number of tabs. */
const MAX_TABLES = 30;

export default {
  name: 'sqlite',
  about: 'SQLite databases: a tab for each table with its first rows; all rows sort and filter',
  searchText: 'page',
  // Not `.db`, which other formats use too: such files are recognised by their first bytes.
  types: ['sqlite', 'sqlite3', 'gpkg', 'mbtiles'],
  preview: true,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 15)) === 'SQLite format 3' ? 'sqlite' : undefined),
  async render(input, output) {
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const [
    { openRandomAccess: openPart },
    { openDatabase },
    { sheetOf, tablesOf },
    { sheetsHtml },
    look,
    { escapeHtml, page },
    words,
  ] = await Promise.all([
    import('../../node/kit/table/random-access-file.ts'),
    import('./shared/database.ts'),
    import('./sheet.ts'),
    import('../../shared/kit/table/table-html.ts'),
    import('../../shared/kit/table/page-data.ts'),
    import('../../shared/kit/page/shell.ts'),
    import('../../shared/kit/text/numbers.ts'),
  ]);
  const part = openPart(input.path);
  try {
    const title = input.title ?? input.name;
    const note = (text: string): string => (text ? `<p class="note">${escapeHtml(text)}</p>` : '');
    if (part.byteLength === 0) {
      await output.page(page({ title, body: note('The file is empty: a database without tables.') }));
      return;
    }
    const read = async (from: number, to: number): Promise<Uint8Array> =>
      new Uint8Array(part.slice(from, Math.min(to, part.byteLength)));
    const database = await openDatabase(read, part.byteLength);
    const { tables, views, problem } = await tablesOf(database);
    const shown = tables.slice(0, MAX_TABLES);
    const sheets = [];
    for (const [i, table] of shown.entries())
      sheets.push(
        await sheetOf(database, table, {
          size: part.byteLength,
          source: input.source,
          reader: output.asset('sqlite.js'),
          part: i,
        }),
      );
    const { html, style } = sheetsHtml(sheets);
    const lines = [
      `${words.size(part.byteLength)} · ${words.plural(tables.length, 'table')}${views.length > 0 ? ` · views, which are not shown: ${views.slice(0, 20).join(', ')}` : ''}`,
      tables.length > shown.length ? words.firstOf(shown.length, tables.length, 'table') : '',
      database.usesWriteAheadLog ? 'Recent changes may still be in the write-ahead log (-wal), which is not read.' : '',
    ];
    const bad = problem === undefined ? '' : `<p class="note bad">${escapeHtml(problem)}</p>`;
    await output.page(
      page({
        title,
        style: look.TABLE_STYLE + style,
        body: lines.map(note).join('') + bad + html,
        scripts: sheets.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    part.close();
  }
}
