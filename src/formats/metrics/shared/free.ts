import { type LineReader, type OnSample, quantityOf, scaleOfSizes, wordsOf } from './sample.ts';

/** A row: a name that ends with a colon, and numbers. Some languages have names of two words. */
const ROW = /^(\S.*?)\s*[:：]((?:\s+[\d.,]+(?:[KMGTPE]i?|B)?)+)\s*$/;
/** The header in any language: words without numbers, indented. */
const HEADER = /^\s+[^\d\s]\S*(?:\s+[^\d\s:][^\s:]*){4,6}\s*$/;

/** Whether a text begins like the output of `free`, in any language. */
export function isFree(text: string): boolean {
  const [header = '', memory = '', swap = ''] = text.replace(/^\n+/, '').split('\n', 3);
  if (/^\s*total +used +free +shared/.test(header)) return true;
  const cells = (line: string) => wordsOf(ROW.exec(line.trimEnd())?.[2] ?? '').length;
  return HEADER.test(header) && cells(memory) === wordsOf(header).length && cells(swap) === 3;
}

/**
 * Reads `free [-h] -s SECONDS` in any language. Numbers have no unit without `-h`: by default they are KiB; the unit of
 * `-m` or `-g` is not in the output.
 */
export function freeReader(onSample: OnSample): LineReader {
  let columns: readonly string[] = [];
  let tick = 0;
  let rowInReport = 0;
  let plainSizes: ReturnType<typeof scaleOfSizes> | undefined;
  return (line) => {
    if (line.trim() === '') return true;
    const row = ROW.exec(line.trim());
    if (!row && HEADER.test(` ${line}`)) {
      columns = wordsOf(line);
      tick++;
      rowInReport = 0;
      return true;
    }
    if (!row || columns.length === 0) return false;
    const [, name = '', cells = ''] = row;
    const quantities = wordsOf(cells).slice(0, columns.length).map(quantityOf);
    const hasUnits = quantities.some((quantity) => quantity?.isSize);
    const isMemory = ++rowInReport === 1;
    if (isMemory) plainSizes ??= scaleOfSizes(quantities[0]?.value ?? 0);
    const { scale, sizes } = plainSizes ?? scaleOfSizes(Infinity);
    onSample({
      table: isMemory ? 'memory' : rowInReport === 2 ? 'swap' : name.toLowerCase(),
      key: '',
      time: undefined,
      tick,
      values: quantities.flatMap((quantity, i) =>
        quantity === undefined ? [] : [[columns[i] ?? '', quantity.value * (hasUnits ? 1 : scale)] as const],
      ),
      ...(hasUnits ? {} : { sizes }),
    });
    return true;
  };
}
