import { detectText } from '../../node/kit/page/unreadable.ts';
import { NO_LAST_ROWS, parseFirstRows, parseLastRows } from '../../node/kit/table/end-rows.ts';
import { tablePage } from '../../node/kit/table/table-page.ts';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { guessDialect, sniffTable } from '../../shared/kit/table/infer-schema.ts';
import { MAX_COLUMNS, MAX_ROWS } from '../../shared/kit/table/table-html.ts';
import { bomLength, type Charset, decode } from '../../shared/kit/text/charset.ts';

const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 64 * 1024;
const TAIL_ROWS = 20;

export default {
  name: 'csv',
  about: 'CSV, TSV and the like: typed columns, head and tail, and a view of the whole that sorts and filters',
  types: ['csv', 'tsv', 'tab', 'psv'],
  searchText: 'source',
  sniffOrder: 1,
  sharesProcess: ['csv', 'tsv'],
  preview: true,
  sniff: sniffTable,
  async render(input, output) {
    const ends = readEnds(input.path, { whole: HEAD_BYTES, head: HEAD_BYTES, tail: TAIL_BYTES });
    const { charset, note } = detectText(ends.head);
    const whole = ends.size <= HEAD_BYTES;
    const head = utf8(ends.head, charset);
    const limits = { rows: MAX_ROWS + 1, columns: MAX_COLUMNS };
    let dialect = guessDialect(head, whole, input.type);
    let begin = parseFirstRows(head, whole, dialect, limits);
    if (begin.hasStrayQuote) {
      dialect = { ...dialect, quote: false };
      begin = parseFirstRows(head, whole, dialect, limits);
    }
    const end = utf8(ends.tail, charset);
    const tail = begin.isCut
      ? NO_LAST_ROWS
      : parseLastRows(end, dialect, { ...limits, rows: TAIL_ROWS }, begin.columns);
    // Bytes of a row, by the rows at both ends; the file's size counts in its own encoding.
    const scale = ends.head.length / Math.max(1, head.length);
    const rows = whole ? begin.count : ends.size / (((begin.bytes + tail.bytes) / (begin.count + tail.count)) * scale);
    await output.page(
      tablePage({
        input,
        output,
        charset,
        note,
        isComplete: whole,
        head,
        size: ends.size,
        dialect,
        firstRows: begin,
        lastRows: tail.rows,
        rows,
      }),
    );
  },
} satisfies Format;

/** Bytes of a text in UTF-8 without a mark: rows and cells are found in that only. */
function utf8(bytes: Uint8Array, charset: Charset): Uint8Array {
  if (charset === 'utf-8') return bytes.subarray(bomLength(bytes));
  return new TextEncoder().encode(decode(bytes, charset));
}
