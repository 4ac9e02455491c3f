import { detectText } from '../../node/kit/page/unreadable.ts';
import { NO_LAST_ROWS, parseFirstRows, parseLastRows } from '../../node/kit/table/end-rows.ts';
import { tablePage } from '../../node/kit/table/table-page.ts';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { guessDialect, sniffTable } from '../../shared/kit/table/infer-schema.ts';
import { MAX_COLUMNS, MAX_ROWS } from '../../shared/kit/table/table-html.ts';
import { bomLength, type Charset, decode } from '../../shared/kit/text/charset.ts';

/** Bytes read of the beginning and of the end of a file. */
const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 64 * 1024;
/** Number of last rows that are shown. */
const TAIL_ROWS = 20;

export default {
  name: 'csv',
  about: 'CSV, TSV and similar: typed columns, first and last rows, and a view of all rows that sorts and filters',
  types: ['csv', 'tsv', 'tab', 'psv'],
  searchText: 'source',
  sniffOrder: 1,
  sharesProcess: ['csv', 'tsv'],
  preview: true,
  sniff: sniffTable,
  async render(input, output) {
    const ends = readEnds(input.path, { whole: HEAD_BYTES, head: HEAD_BYTES, tail: TAIL_BYTES });
    const { charset, note } = detectText(ends.head);
    const isComplete = ends.size <= HEAD_BYTES;
    const head = utf8(ends.head, charset);
    const limits = { rows: MAX_ROWS + 1, columns: MAX_COLUMNS };
    const separator = separatorLine(head);
    const body = head.subarray(separator?.length ?? 0);
    let dialect = guessDialect(body, isComplete, input.type);
    if (separator) dialect = { ...dialect, delimiter: separator.delimiter };
    let headRows = parseFirstRows(body, isComplete, dialect, limits);
    if (headRows.hasStrayQuote || !headRows.isWellFormed) {
      const unquoted = parseFirstRows(body, isComplete, { ...dialect, quote: false }, limits);
      // A quote that is not closed, or that joins rows of the right length, has no special meaning in this file.
      const joinsRows = unquoted.count > headRows.count && unquoted.raggedRows <= headRows.raggedRows;
      if (headRows.hasStrayQuote || joinsRows) {
        dialect = { ...dialect, quote: false };
        headRows = unquoted;
      }
    }
    const tail = utf8(ends.tail, charset);
    const tailRows = headRows.isCut
      ? NO_LAST_ROWS
      : parseLastRows(tail, dialect, { ...limits, rows: TAIL_ROWS }, headRows.columns);
    // The number of rows is estimated from the average length of the parsed rows, converted to the file's encoding.
    const encodingRatio = ends.head.length / Math.max(1, head.length);
    const averageLength = (headRows.bytes + tailRows.bytes) / (headRows.count + tailRows.count);
    const rows = isComplete ? headRows.count : ends.size / (averageLength * encodingRatio);
    await output.page(
      tablePage({
        input,
        output,
        charset,
        note,
        isComplete,
        head,
        size: ends.size,
        dialect,
        separatorLine: separator?.length ?? 0,
        firstRows: headRows,
        lastRows: tailRows.rows,
        rows,
      }),
    );
  },
} satisfies Format;

/** The line `sep=;` with which Excel names the delimiter; its length is in bytes. */
function separatorLine(head: Uint8Array): { readonly delimiter: number; readonly length: number } | undefined {
  const line = /^sep=([^\r\n])\r?\n/.exec(new TextDecoder().decode(head.subarray(0, 16)));
  const delimiter = line?.[1]?.charCodeAt(0) ?? 0;
  return line && delimiter > 0 && delimiter < 128 ? { delimiter, length: line[0].length } : undefined;
}

/** Converts bytes to UTF-8 and removes a byte order mark, as the parser requires. */
function utf8(bytes: Uint8Array, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return bytes.subarray(bomLength(bytes));
  return new TextEncoder().encode(decode(bytes, charset));
}
