import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

/** Largest number of tabs. */
const MAX_TABLES = 30;

export default {
  name: 'sqlite',
  about: 'SQLite databases: a tab for each table with its first rows; all rows sort and filter',
  searchText: 'page',
  // Other formats use `.db`, too, so a database with that name is recognised by its first bytes.
  types: ['sqlite', 'sqlite3', 'gpkg', 'mbtiles'],
  preview: true,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, 15)) === 'SQLite format 3' ? 'sqlite' : undefined),
  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { openRandomAccess } = await import('../../node/kit/table/random-access-file.ts');
  const { openDatabase } = await import('./shared/database.ts');
  const { tablesOf } = await import('./shared/schema.ts');
  const { previewTable } = await import('./preview.ts');
  const { sheetsHtml } = await import('../../shared/kit/table/table-html.ts');
  const { TABLE_STYLE } = await import('../../shared/kit/table/page-data.ts');
  const { escapeHtml, page } = await import('../../shared/kit/page/shell.ts');
  const { firstOf, plural, size: sizeText } = await import('../../shared/kit/text/numbers.ts');
  const file = openRandomAccess(input.path);
  try {
    const title = input.title ?? input.name;
    const size = file.byteLength;
    const note = (text: string): string => (text ? `<p class="note">${escapeHtml(text)}</p>` : '');
    if (size === 0) {
      await output.page(page({ title, body: note('The file is empty: a database without tables.') }));
      return;
    }
    const read = async (from: number, to: number): Promise<Uint8Array> =>
      new Uint8Array(file.slice(from, Math.min(to, size)));
    const database = await openDatabase(read, size);
    const { tables, views, problem } = await tablesOf(database);
    const shownTables = tables.slice(0, MAX_TABLES);
    const sheets = [];
    for (const [part, table] of shownTables.entries())
      sheets.push(
        await previewTable(database, table, { size, source: input.source, reader: output.asset('sqlite.js'), part }),
      );
    const { html, style } = sheetsHtml(sheets);
    const facts = [sizeText(size), plural(tables.length, 'table')];
    if (views.length > 0) facts.push(`views, which are not shown: ${views.slice(0, 20).join(', ')}`);
    const notes = [
      facts.join(' · '),
      tables.length > shownTables.length ? firstOf(shownTables.length, tables.length, 'table') : '',
      database.usesWriteAheadLog ? 'Recent changes may still be in the write-ahead log (-wal), which is not read.' : '',
    ];
    const problemHtml = problem === undefined ? '' : `<p class="note bad">${escapeHtml(problem)}</p>`;
    await output.page(
      page({
        title,
        style: TABLE_STYLE + style,
        body: notes.map(note).join('') + problemHtml + html,
        scripts: sheets.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    file.close();
  }
}
