import { escapeHtml } from '../page/shell.ts';
import type { Charset } from '../text/charset.ts';
import type { Dialect } from './delimited-text.ts';
import type { ColumnType } from './infer-schema.ts';

/** Data of a table for the page's script, as JSON in a `<script>` element. */
export interface TableData {
  /** Number of columns shown. */
  readonly columns: number;
  readonly types: readonly ColumnType[];
  /** Size of the file in bytes. */
  readonly size: number;
  /** URL of the file, relative to the page. */
  readonly source: string;
  /** Number of rows without the header, if known. */
  readonly rows?: number | undefined;
  /** URL of the script that reads the file in a worker, relative to the page; absent for delimited text. */
  readonly reader?: string;
  /** Index of the table in a file with several tables. */
  readonly part?: number;
  /** The columns' names, if the file does not define them. */
  readonly names?: readonly string[];
  /** Whether the first row is a header. */
  readonly header?: boolean;
  /** The columns' number formats in a workbook; empty for General. */
  readonly formats?: readonly string[];
}

/** Data of a delimited text for the page's script. */
export interface TextTableData extends TableData {
  readonly header: boolean;
  /** Rows before the first one of the table: the header, and a line `sep=;`. */
  readonly skipRows: number;
  readonly dialect: Dialect;
  readonly charset: Charset;
  /** The text of a small file. */
  readonly text?: string | undefined;
}

/** Height of a row in pixels. `VirtualGrid` computes with it. */
export const ROW_HEIGHT = 24;
/** Longer texts are cut in a cell and in its tooltip. */
const MAX_CELL_CHARACTERS = 200;
const MAX_TITLE_CHARACTERS = 1000;

export const TABLE_STYLE = `.grid{width:fit-content;max-width:100%;max-height:520px;overflow:auto;
border:1px solid var(--line);border-radius:6px;overflow-wrap:normal}.alone .grid{max-height:calc(100vh - 90px)}
table{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;font-size:13px}
th,td{height:${ROW_HEIGHT}px;padding:0 10px;line-height:${ROW_HEIGHT - 1}px;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis;max-width:26em;border-bottom:1px solid var(--line);text-align:left}
thead{position:sticky;top:0;z-index:1}thead th,.summary td{background:var(--soft)}thead th{padding:0;font-weight:600}
thead span:not(.sr){padding:0 10px}
th button{display:block;position:relative;width:100%;border:0;border-radius:0;background:none;padding:0 20px 0 10px;
text-align:left;overflow:hidden;text-overflow:ellipsis}
th[aria-sort] button::after{position:absolute;right:5px;color:var(--accent)}
th[aria-sort=ascending] button::after{content:"▲";content:"▲"/""}
th[aria-sort=descending] button::after{content:"▼";content:"▼"/""}
.n{color:var(--dim);text-align:right!important;font-size:12px;user-select:none}
.gap td{color:var(--dim);background:var(--soft)}td i{color:var(--dim)}
.tall,.whole{scrollbar-gutter:stable}.whole{height:520px}.alone .whole{height:calc(100vh - 90px)}
.whole table{position:sticky;top:0}.whole td:focus{outline:0}
.sr{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}progress{flex:1 1 100px;max-width:240px}`;

/** A row as HTML. `number`: the text of its first cell. */
export function rowHtml(cells: readonly (string | null)[], columns: number, number: string): string {
  let html = `<tr><td class="n">${number}`;
  for (let i = 0; i < columns; i++) html += cellHtml(cells[i]);
  return html;
}

function cellHtml(cell: string | null | undefined): string {
  if (cell === null) return '<td><i>null</i>';
  // A missing cell of a short row differs from an empty cell.
  if (cell === undefined) return '<td><i>·</i>';
  if (cell.length <= 24) return `<td>${escapeHtml(cell)}`;
  return (
    `<td title="${escapeHtml(cell.slice(0, MAX_TITLE_CHARACTERS))}">` +
    `${escapeHtml(cell.length > MAX_CELL_CHARACTERS ? `${cell.slice(0, MAX_CELL_CHARACTERS)}…` : cell)}`
  );
}
