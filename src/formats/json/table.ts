import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { formatCell } from '../../shared/kit/table/cell-format.ts';
import { inferColumns, parseLineObject, valuesOf } from '../../shared/kit/table/json-lines.ts';
import { TABLE_STYLE } from '../../shared/kit/table/page-data.ts';
import { previewRows, type Sheet, sheetsHtml } from '../../shared/kit/table/table-html.ts';
import { about, plural } from '../../shared/kit/text/numbers.ts';

/** Largest HTML of the rows, in characters. It is small because the page also contains the text. */
const MAX_TABLE = 40 * 1024;

/**
 * JSON Lines as a table, which the user can select instead of the tree; undefined if the lines are not objects.
 * @param text the first lines, or all if `isComplete`
 * @param size size of the file in bytes
 */
export function tableOfLines(
  input: RenderInput,
  output: RenderOutput,
  { text, isComplete, size }: { readonly text: string; readonly isComplete: boolean; readonly size: number },
): { readonly html: string; readonly style: string; readonly scripts: readonly string[] } | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = inferColumns(lines);
  if (!columns) return undefined;
  const rows = lines
    .slice(0, previewRows(columns.length))
    .map((line) => valuesOf(parseLineObject(line), columns).map((value, i) => formatCell(value, columns[i]!.format)));
  const bytes = new TextEncoder().encode(text).length;
  const sheet: Sheet = {
    name: input.name,
    columns,
    rows,
    count: isComplete ? plural(lines.length, 'row') : about((lines.length * size) / Math.max(1, bytes), 'row'),
    all: isComplete && rows.length === lines.length,
    notes: [],
    facts: {
      columns: columns.length,
      names: columns.map(({ name }) => name),
      types: columns.map(({ type }) => type),
      size,
      source: input.source,
      rows: isComplete ? lines.length : undefined,
      reader: output.asset('json-lines.js'),
    },
  };
  const { html, style } = sheetsHtml([sheet], MAX_TABLE);
  return {
    html: `<div id="table" hidden>${html}</div>`,
    style: TABLE_STYLE + style,
    scripts: [output.asset('table.js')],
  };
}
