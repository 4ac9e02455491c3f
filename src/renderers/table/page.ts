import type { RenderInput, RenderOutput } from '../../model/renderer.ts';
import { escapeHtml, page } from '../page.ts';
import { about, count, plural } from '../text/words.ts';
import type { Head } from './ends.ts';
import { areNames, type ColumnType, columnTypes, hasHeader, isNumeric } from './guess.ts';
import { rowHtml, STYLE, type TableFacts } from './look.ts';
import type { Dialect } from './rows.ts';

/** What a page shows at most. */
export const MAX_ROWS = 100;
export const MAX_COLUMNS = 200;
/** Wide tables show fewer rows. */
const MAX_CELLS = 6000;
/** Characters of HTML that the rows may take, and of a whole table's text in its page. */
const MAX_HTML = 100 * 1024;
/** A page keeps a table of this size in memory; a larger one is for other tools. */
const MAX_WHOLE = 2e9;

/** What is known of a table from the ends of its file. */
export interface TableRead {
  readonly input: RenderInput;
  readonly output: RenderOutput;
  readonly charset: string;
  readonly note: string | undefined;
  readonly whole: boolean;
  readonly head: Uint8Array;
  readonly size: number;
  readonly dialect: Dialect;
  readonly begin: Head;
  readonly tail: readonly string[][];
  /** All rows, the header too; an estimate where not `whole`. */
  readonly rows: number;
}

/** The page of a table. */
export function tablePage(read: TableRead): string {
  const { input, output, begin, dialect, whole } = read;
  const comma = dialect.delimiter !== 44;
  const columns = Math.min(begin.widest, MAX_COLUMNS);
  // Of a row too long to be read whole there is no second one to compare it with.
  const header = begin.cut ? areNames(begin.rows[0]?.slice(0, -1) ?? []) : hasHeader(begin.rows, comma);
  const body = header ? begin.rows.slice(1) : begin.rows;
  const types = columnTypes([...body, ...read.tail], columns, comma);
  const names = Array.from({ length: columns }, (_, i) => (header && begin.rows[0]?.[i]) || String(i + 1));
  const shown = fitting(
    body.slice(0, Math.max(20, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns))))),
    columns,
  );
  const total = read.rows - (header ? 1 : 0);
  const text = whole ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.head) : '';
  const allShown = whole && shown.length >= total;
  const tooLarge = read.size > MAX_WHOLE;
  const facts: TableFacts = {
    columns,
    types,
    header,
    dialect,
    charset: read.charset,
    size: read.size,
    source: input.source,
    rows: whole ? total : undefined,
    // Small tables bring all of their text, so that sorting needs no other request.
    text: whole && JSON.stringify(text).length <= MAX_HTML ? text : undefined,
  };
  const rowsText = whole ? plural(total, 'row') : begin.cut ? 'Unknown number of rows' : about(total, 'row');
  return page({
    title: input.title ?? input.name,
    style: STYLE + alignment(types),
    body: `<div class="bar"${columns === 0 ? ' hidden' : ''}><span class="count" role="status">${rowsText} × ${begin.cut ? 'at least ' : ''}${plural(begin.widest, 'column')}</span>${
      allShown || tooLarge ? '' : '<button type="button" class="all">Show all rows</button>'
    }<input type="search" class="filter" placeholder="Filter rows" aria-label="Filter rows"${whole ? '' : ' hidden'}><progress hidden></progress></div>${notes(read)}${tooLarge ? tooLargeNote(input) : ''}${
      columns === 0
        ? ''
        : table({
            names,
            types,
            shown,
            tail: read.tail.map((row) => rowHtml(row, columns, '')),
            rest: whole ? total - shown.length : undefined,
            sorts: !tooLarge,
          })
    }<script type="application/json" id="table">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`,
    scripts: columns === 0 || tooLarge ? [] : [output.asset('table.js')],
  });
}

/** The first rows as HTML, as many as there is room for. */
function fitting(rows: readonly string[][], columns: number): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const [i, row] of rows.entries()) {
    const html = rowHtml(row, columns, count(i + 1));
    length += html.length;
    if (length > MAX_HTML && shown.length > 0) break;
    shown.push(html);
  }
  return shown;
}

interface Parts {
  readonly names: readonly string[];
  readonly types: readonly ColumnType[];
  /** The first rows, as HTML. */
  readonly shown: readonly string[];
  /** The last rows, as HTML. */
  readonly tail: readonly string[];
  /** Rows between them, where they are counted. */
  readonly rest: number | undefined;
  /** Whether the page's script will sort. */
  readonly sorts: boolean;
}

function table({ names, types, shown, tail, rest, sorts }: Parts): string {
  const most = names.length > 50 ? 40 : 100;
  const head = names
    .map((name, i) => {
      const title = `title="${escapeHtml(`${name.slice(0, 2 * most)} (${types[i]})`)}"`;
      const text = escapeHtml(name.slice(0, most));
      return sorts
        ? `<th scope="col" aria-sort="none"><button type="button" ${title}>${text}</button>`
        : `<th scope="col" ${title}><span>${text}</span>`;
    })
    .join('');
  const between = rest === undefined ? '' : plural(rest, 'more row');
  const gap = rest === 0 ? '' : `<tr class="gap"><td class="n">⋮<td colspan="${names.length}">${between}`;
  return `<div class="grid${shown.length > 20 ? ' tall' : ''}" tabindex="0" role="region" aria-label="Table"><table><thead><tr><th class="n" scope="col"><span class="sr">row</span>${head}</thead><tbody>${shown.join('')}${gap}${tail.join('')}</tbody></table></div>`;
}

function tooLargeNote(input: RenderInput): string {
  return `<p class="note" role="note">The table is too large to be read as a whole in a page. <a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a></p>`;
}

/** Numbers stand to the right, under their names: rules for all such columns at once. */
function alignment(types: readonly ColumnType[]): string {
  const columns = types.flatMap((type, i) => (isNumeric(type) ? [i + 2] : []));
  const rule = (part: (column: number) => string, style: string): string => `${columns.map(part).join(',')}{${style}}`;
  return columns.length === 0
    ? ''
    : rule((n) => `td:nth-child(${n})`, 'text-align:right') +
        rule((n) => `th:nth-child(${n}) button`, 'text-align:right;padding:0 10px 0 20px') +
        rule((n) => `th:nth-child(${n}) button::after`, 'right:auto!important;left:5px');
}

/** What a reader should know before trusting what is shown. */
function notes({ begin, dialect, note, whole, tail }: TableRead): string {
  const lines = [
    begin.count === 0 && !begin.cut && begin.rows.length === 0 ? 'The file has no rows.' : '',
    begin.cut ? 'The first row is very long: this is how it begins.' : '',
    begin.widest > MAX_COLUMNS
      ? `The first ${MAX_COLUMNS} of ${begin.cut ? 'at least ' : ''}${count(begin.widest)} columns are shown.`
      : '',
    begin.ragged > 0
      ? `${plural(begin.ragged, 'row')} of ${whole ? '' : 'the first '}${count(begin.count)} ${begin.ragged === 1 ? 'has' : 'have'} another number of cells than ${begin.columns}, the first of them row ${count(begin.firstRagged)} of the file.`
      : '',
    dialect.quote ? '' : 'A quote has no end: quotes are shown as they are.',
    !whole && tail.length === 0 && !begin.cut ? 'The last rows are not shown: where they begin is not certain.' : '',
    note ?? '',
  ];
  return lines.map((line) => (line ? `<p class="note">${escapeHtml(line)}</p>` : '')).join('');
}
