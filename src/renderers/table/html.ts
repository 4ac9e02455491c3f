import { escapeHtml } from '../page.ts';
import { count, plural } from '../text/words.ts';
import { type ColumnType, isNumeric } from './guess.ts';
import { type GridFacts, rowHtml } from './look.ts';

/** What a page shows at most. */
export const MAX_ROWS = 100;
export const MAX_COLUMNS = 200;
/** Wide tables show fewer rows. */
const MAX_CELLS = 6000;
/** Characters of HTML that the rows may take, and of a whole table's text in its page. */
export const MAX_HTML = 100 * 1024;
/** How many rows a page shows of a table with so many columns. */
export function rowsShown(columns: number): number {
  return Math.max(20, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, columns))));
}

/** The first rows as HTML, as many as there is room for. */
export function fitting(rows: readonly (readonly (string | null)[])[], columns: number): string[] {
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

/** A table as its page shows it first. */
export interface TableParts {
  readonly names: readonly string[];
  /** The columns' types in words, told with their names. */
  readonly types: readonly string[];
  /** The first rows, as HTML. */
  readonly shown: readonly string[];
  /** The last rows, as HTML. */
  readonly tail: readonly string[];
  /** Rows between them, where they are counted. */
  readonly rest: number | undefined;
  /** Whether the page's script will sort. */
  readonly sorts: boolean;
}

/** The table as HTML, in the element that its script makes the view of the whole. */
export function tableHtml({ names, types, shown, tail, rest, sorts }: TableParts): string {
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

/** Numbers stand to the right, under their names: rules for all such columns at once. */
export function alignment(types: readonly ColumnType[]): string {
  const columns = types.flatMap((type, i) => (isNumeric(type) ? [i + 2] : []));
  const rule = (part: (column: number) => string, style: string): string => `${columns.map(part).join(',')}{${style}}`;
  return columns.length === 0
    ? ''
    : rule((n) => `td:nth-child(${n})`, 'text-align:right') +
        rule((n) => `th:nth-child(${n}) button`, 'text-align:right;padding:0 10px 0 20px') +
        rule((n) => `th:nth-child(${n}) button::after`, 'right:auto!important;left:5px');
}

/** The line above a table: how much there is, and the controls. `all`: there is more to show; `filter`: it can be filtered at once. */
export function barHtml(text: string, { all, filter }: { readonly all: boolean; readonly filter: boolean }): string {
  const button = all ? '<button type="button" class="all">Show all rows</button>' : '';
  return `<span class="count" role="status">${text}</span>${button}<input type="search" class="filter" placeholder="Filter rows" aria-label="Filter rows"${filter ? '' : ' hidden'}><progress hidden></progress>`;
}

/** What the page's script is told. */
export function factsHtml(facts: GridFacts): string {
  return `<script type="application/json" id="table">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`;
}
