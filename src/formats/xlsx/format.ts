import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

/** Sheets that have a tab each. */
const MAX_SHEETS = 30;

export default {
  name: 'xlsx',
  about: 'Excel workbooks: a tab for each sheet with its first rows, and all of them, sorted and filtered',
  types: ['xlsx', 'xlsm', 'xltx', 'xltm'],
  searchText: 'page',
  preview: true,
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head);
    return text.startsWith('PK\x03\x04') && text.includes('xl/workbook.xml') ? 'xlsx' : undefined;
  },
  async render(input, output) {
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => show(input, output));
  },
} satisfies Format;

/** Writes the page. Throws where nothing of the file can be shown. */
async function show(input: RenderInput, output: RenderOutput): Promise<void> {
  const [{ openRandomAccess: openPart }, { openWorkbook, sheetOf }, { sheetsHtml }, look, { escapeHtml, page }, words] =
    await Promise.all([
      import('../../node/kit/table/random-access-file.ts'),
      import('./shared/sheet.ts'),
      import('../../shared/kit/table/table-html.ts'),
      import('../../shared/kit/table/page-data.ts'),
      import('../../shared/kit/page/shell.ts'),
      import('../../shared/kit/text/numbers.ts'),
    ]);
  const part = openPart(input.path);
  try {
    const title = input.title ?? input.name;
    const size = part.byteLength;
    const note = (text: string): string => (text ? `<p class="note">${escapeHtml(text)}</p>` : '');
    if (size === 0) {
      await output.page(page({ title, body: note('The file is empty.') }));
      return;
    }
    const read = async (from: number, to: number): Promise<Uint8Array> =>
      new Uint8Array(part.slice(Math.min(from, size), Math.min(to, size)));
    const workbook = await openWorkbook(read, size);
    const seen = [...workbook.sheets.keys()].filter((i) => !workbook.sheets[i]?.hidden && workbook.sheets[i]?.file);
    const sheets = [];
    for (const i of seen.slice(0, MAX_SHEETS))
      sheets.push(await sheetOf(workbook, i, { size, source: input.source, reader: output.asset('xlsx.js'), part: i }));
    const { html, style } = sheetsHtml(sheets);
    const other = workbook.sheets.length - sheets.length;
    const about = `${words.size(size)} · ${words.plural(workbook.sheets.length, 'sheet')}${other > 0 ? `, ${other} of them hidden, no tables or beyond the first ${MAX_SHEETS}` : ''}`;
    await output.page(
      page({
        title,
        style: look.TABLE_STYLE + style,
        body: note(about) + html,
        scripts: sheets.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    part.close();
  }
}
