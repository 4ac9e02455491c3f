import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';

/** Largest number of tabs. */
const MAX_SHEETS = 30;

export default {
  name: 'xlsx',
  about: 'Excel workbooks: a tab for each sheet with its first rows; all rows sort and filter',
  types: ['xlsx', 'xlsm', 'xltx', 'xltm'],
  searchText: 'page',
  preview: true,
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head);
    return text.startsWith('PK\x03\x04') && text.includes('xl/workbook.xml') ? 'xlsx' : undefined;
  },
  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { openRandomAccess } = await import('../../node/kit/table/random-access-file.ts');
  const { openWorkbook } = await import('./shared/workbook.ts');
  const { previewSheet } = await import('./shared/sheet.ts');
  const { sheetsHtml } = await import('../../shared/kit/table/table-html.ts');
  const { TABLE_STYLE } = await import('../../shared/kit/table/page-data.ts');
  const { escapeHtml, page } = await import('../../shared/kit/page/shell.ts');
  const { plural, size: sizeText } = await import('../../shared/kit/text/numbers.ts');
  const file = openRandomAccess(input.path);
  try {
    const title = input.title ?? input.name;
    const size = file.byteLength;
    const note = (text: string): string => `<p class="note">${escapeHtml(text)}</p>`;
    if (size === 0) {
      await output.page(page({ title, body: note('The file is empty.') }));
      return;
    }
    const read = async (from: number, to: number): Promise<Uint8Array> =>
      new Uint8Array(file.slice(Math.min(from, size), Math.min(to, size)));
    const workbook = await openWorkbook(read, size);
    const sheetCount = workbook.sheets.length;
    const shownSheets = [...workbook.sheets.keys()]
      .filter((i) => !workbook.sheets[i]?.isHidden && workbook.sheets[i]?.file)
      .slice(0, MAX_SHEETS);
    const sheets = [];
    for (const part of shownSheets)
      sheets.push(
        await previewSheet(workbook, part, { size, source: input.source, reader: output.asset('xlsx.js'), part }),
      );
    const { html, style } = sheetsHtml(sheets);
    const omitted = sheetCount - sheets.length;
    const omittedText = omitted > 0 ? `, ${omitted} of them hidden, no tables or beyond the first ${MAX_SHEETS}` : '';
    await output.page(
      page({
        title,
        style: TABLE_STYLE + style,
        body: note(`${sizeText(size)} · ${plural(sheetCount, 'sheet')}${omittedText}`) + html,
        scripts: sheets.length === 0 ? [] : [output.asset('table.js')],
      }),
    );
  } finally {
    file.close();
  }
}
