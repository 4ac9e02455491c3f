import { messageOf } from '../../shared/errors.ts';
import { formatCell } from '../../shared/kit/table/cell-format.ts';
import { MAX_COLUMNS, previewRows, type Sheet } from '../../shared/kit/table/table-html.ts';
import { atLeast, firstOf, plural, size as sizeText } from '../../shared/kit/text/numbers.ts';
import { type ArrowFile, valueAt } from './shared/read.ts';

/** Reads the first rows of a table, as many as a page shows. A fault becomes a note; rows before it are shown. */
export async function previewTable(
  arrow: ArrowFile,
  name: string,
  { size, source, reader }: { readonly size: number; readonly source: string; readonly reader: string },
): Promise<Sheet> {
  const columns = arrow.columns.slice(0, MAX_COLUMNS);
  const maxRows = previewRows(columns.length);
  const rows: (string | null)[][] = [];
  const notes = [sizeText(size)];
  let isComplete = true;
  try {
    for await (const batch of arrow.batches()) {
      for (let row = 0; row < batch.numRows && rows.length < maxRows; row++)
        rows.push(columns.map(({ format }, i) => formatCell(valueAt(batch, i, row), format)));
      isComplete = rows.length < maxRows;
      if (!isComplete) break;
    }
  } catch (error) {
    isComplete = false;
    notes.push(`The first rows could not be read: ${messageOf(error)}.`);
  }
  if (columns.length < arrow.columns.length) notes.push(firstOf(columns.length, arrow.columns.length, 'column'));
  return {
    name,
    columns,
    rows,
    count: isComplete ? plural(rows.length, 'row') : atLeast(rows.length, 'row'),
    all: isComplete,
    notes,
    facts: {
      columns: columns.length,
      types: columns.map(({ type }) => type),
      size,
      source,
      rows: isComplete ? rows.length : undefined,
      reader,
    },
  };
}
