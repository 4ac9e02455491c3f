import { escapeHtml } from '../page/shell.ts';
import type { Charset } from '../text/charset.ts';
import type { Dialect } from './delimited-text.ts';
import type { ColumnType } from './infer-schema.ts';

/** What the page of any table tells its script, as JSON in the element `#table`. */
export interface TableData {
  /** How many columns are shown. */
  readonly columns: number;
  readonly types: readonly ColumnType[];
  /** Bytes of the file. */
  readonly size: number;
  /** Its URL, relative to the page. */
  readonly source: string;
  /** Rows without the header, where they are known. */
  readonly rows?: number | undefined;
  /** URL of the script that reads the file in a worker, relative to the page; left out for text. */
  readonly reader?: string;
  /** Which of the file's tables it is, where it may have several. */
  readonly part?: number;
  /** The columns' names, where the file has none by themselves. */
  readonly names?: readonly string[];
  /** Its first row names the columns. */
  readonly header?: boolean;
}

/** What the page of a table of text tells its script. */
export interface TextTableData extends TableData {
  readonly header: boolean;
  readonly dialect: Dialect;
  readonly charset: Charset;
  /** The file, where it is small. */
  readonly text?: string | undefined;
}

/** Height of a row in pixels; the view of the whole table counts on it. */
export const ROW_HEIGHT = 24;
/** A cell shows this much of a text, and its title that much. */
const MAX_CELL_CHARACTERS = 200;
const MAX_TITLE_CHARACTERS = 1000;

export const TABLE_STYLE = `.grid{width:fit-content;max-width:100%;max-height:520px;overflow:auto;border:1px solid var(--line);border-radius:6px;overflow-wrap:normal}.alone .grid{max-height:calc(100vh - 90px)}
table{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;font-size:13px}
th,td{height:${ROW_HEIGHT}px;padding:0 10px;line-height:${ROW_HEIGHT - 1}px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:26em;border-bottom:1px solid var(--line);text-align:left}
thead{position:sticky;top:0;z-index:1}thead th,.summary td{background:var(--soft)}thead th{padding:0;font-weight:600}thead span:not(.sr){padding:0 10px}th button{display:block;position:relative;width:100%;border:0;border-radius:0;background:none;padding:0 20px 0 10px;text-align:left;overflow:hidden;text-overflow:ellipsis}
th[aria-sort] button::after{position:absolute;right:5px;color:var(--accent)}th[aria-sort=ascending] button::after{content:"▲";content:"▲"/""}th[aria-sort=descending] button::after{content:"▼";content:"▼"/""}
.n{color:var(--dim);text-align:right!important;font-size:12px;user-select:none}.gap td{color:var(--dim);background:var(--soft)}td i{color:var(--dim)}
.tall,.whole{scrollbar-gutter:stable}.whole{height:520px}.alone .whole{height:calc(100vh - 90px)}.whole table{position:sticky;top:0}.whole td:focus{outline:0}
.sr{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}progress{flex:1 1 100px;max-width:240px}`;

/** A row of the table as HTML. `number`: what stands before it. */
export function rowHtml(cells: readonly (string | null)[], columns: number, number: string): string {
  let html = `<tr><td class="n">${number}`;
  for (let i = 0; i < columns; i++) html += cellHtml(cells[i]);
  return html;
}

function cellHtml(cell: string | null | undefined): string {
  if (cell === null) return '<td><i>null</i>';
  // A cell that the row does not have looks other than an empty one.
  if (cell === undefined) return '<td><i>·</i>';
  if (cell.length <= 24) return `<td>${escapeHtml(cell)}`;
  return `<td title="${escapeHtml(cell.slice(0, MAX_TITLE_CHARACTERS))}">${escapeHtml(cell.length > MAX_CELL_CHARACTERS ? `${cell.slice(0, MAX_CELL_CHARACTERS)}…` : cell)}`;
}
