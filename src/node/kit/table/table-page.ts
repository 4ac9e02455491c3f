import type { RenderInput, RenderOutput } from '../../../shared/format.ts';
import { escapeHtml, page } from '../../../shared/kit/page/shell.ts';
import type { Dialect } from '../../../shared/kit/table/delimited-text.ts';
import { areNames, columnTypes, hasHeader } from '../../../shared/kit/table/infer-schema.ts';
import { rowHtml, TABLE_STYLE, type TextTableData } from '../../../shared/kit/table/page-data.ts';
import {
  alignment,
  MAX_COLUMNS,
  MAX_HTML,
  previewRows,
  rowsWithinLimit,
  tableDataHtml,
  tableHtml,
  toolbarHtml,
} from '../../../shared/kit/table/table-html.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { about, count, plural } from '../../../shared/kit/text/numbers.ts';
import type { FirstRows } from './end-rows.ts';

/** A delimited text as far as it is known from the first and last bytes of its file. */
export interface TextTablePreview {
  readonly input: RenderInput;
  readonly output: RenderOutput;
  readonly charset: Charset;
  /** A note on the encoding. */
  readonly note: string | undefined;
  /** `head` is the whole file. */
  readonly isComplete: boolean;
  /** The first bytes, in UTF-8. */
  readonly head: Uint8Array;
  readonly size: number;
  readonly dialect: Dialect;
  /** The length of a first line that names the delimiter; 0 without one. It is part of `head`, not of the rows. */
  readonly separatorLine: number;
  readonly firstRows: FirstRows;
  readonly lastRows: readonly string[][];
  /** Number of rows including the header; an estimate unless `isComplete`. */
  readonly rows: number;
}

/** The page of a delimited text: its first and last rows, and the data that the page's script needs to load the rest. */
export function tablePage(read: TextTablePreview): string {
  const { input, output, firstRows, dialect, isComplete } = read;
  const comma = dialect.delimiter !== 44;
  const columns = Math.min(firstRows.maxColumns, MAX_COLUMNS);
  // If the first row is incomplete there is no second row to compare it with.
  const lacksName = hasUnnamedFirstColumn(firstRows);
  const header = firstRows.isCut
    ? areNames(firstRows.rows[0]?.slice(0, -1) ?? [])
    : lacksName || hasHeader(firstRows.rows, comma);
  const headerCells = lacksName ? [ROW_NAMES, ...(firstRows.rows[0] ?? [])] : (firstRows.rows[0] ?? []);
  const body = header ? firstRows.rows.slice(1) : firstRows.rows;
  const types = columnTypes([...body, ...read.lastRows], columns, comma);
  const names = Array.from({ length: columns }, (_, i) => (header && headerCells[i]) || String(i + 1));
  const shown = rowsWithinLimit(body.slice(0, previewRows(columns)), columns);
  const total = read.rows - (header ? 1 : 0);
  const text = isComplete ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.head) : '';
  const allShown = isComplete && shown.length >= total;
  const facts: TextTableData = {
    columns,
    types,
    header,
    skipRows: (read.separatorLine > 0 ? 1 : 0) + (header ? 1 : 0),
    dialect,
    charset: read.charset,
    size: read.size,
    source: input.source,
    rows: isComplete ? total : undefined,
    // The page of a small table contains its text, so that sorting needs no request.
    text: isComplete && JSON.stringify(text).length <= MAX_HTML ? text : undefined,
  };
  const rowsText = isComplete ? plural(total, 'row') : firstRows.isCut ? 'unknown number of rows' : about(total, 'row');
  return page({
    title: input.title ?? input.name,
    style: TABLE_STYLE + alignment(types),
    body: `<div class="bar"${columns === 0 ? ' hidden' : ''}>${toolbarHtml(
      `${rowsText} × ${firstRows.isCut ? 'at least ' : ''}${plural(firstRows.maxColumns, 'column')}`,
      { all: !allShown, filter: isComplete },
    )}</div>${notes(read)}${
      columns === 0
        ? ''
        : tableHtml({
            names,
            types,
            firstRows: shown,
            lastRows: read.lastRows.map((row) => rowHtml(row, columns, '')),
            hiddenRows: isComplete ? total - shown.length : undefined,
            isSortable: true,
          })
    }${tableDataHtml(facts)}`,
    scripts: columns === 0 ? [] : [output.asset('table.js')],
  });
}

/** The name of the column for which a header has no name. */
const ROW_NAMES = '(row names)';

/** Whether the first row names all columns but the first, as R's `write.table` writes it. */
function hasUnnamedFirstColumn({ rows, columns, raggedRows, firstRagged, isCut }: FirstRows): boolean {
  const [first = []] = rows;
  const isShort = !isCut && raggedRows === 1 && firstRagged === 1 && first.length === columns - 1;
  return isShort && first.length > 0 && rows.length > 2 && areNames(first);
}

/** Notes on the quality of the data: ragged rows, stray quotes, left-out columns. */
function notes({ firstRows, dialect, note, isComplete, lastRows }: TextTablePreview): string {
  const raggedRows = hasUnnamedFirstColumn(firstRows) ? 0 : firstRows.raggedRows;
  const lines = [
    firstRows.count === 0 && !firstRows.isCut && firstRows.rows.length === 0 ? 'The file has no rows.' : '',
    firstRows.isCut ? 'The first row is very long: this is how it begins.' : '',
    firstRows.maxColumns > MAX_COLUMNS
      ? `The first ${MAX_COLUMNS} of ${firstRows.isCut ? 'at least ' : ''}${count(firstRows.maxColumns)} columns are shown.`
      : '',
    raggedRows > 0
      ? `${plural(raggedRows, 'row')} of ${isComplete ? '' : 'the first '}${count(firstRows.count)}` +
        ` ${raggedRows === 1 ? 'has' : 'have'} another number of cells than ${firstRows.columns}` +
        `, the first of them row ${count(firstRows.firstRagged)} of the file.`
      : '',
    dialect.quote ? '' : 'Some quotes do not enclose a cell: all quotes are shown as they are.',
    !isComplete && lastRows.length === 0 && !firstRows.isCut
      ? 'The last rows are not shown: where they begin is not certain.'
      : '',
    note ?? '',
  ];
  return lines.map((line) => (line ? `<p class="note">${escapeHtml(line)}</p>` : '')).join('');
}
