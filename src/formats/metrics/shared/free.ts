import { type LineReader, numberOf, type OnSample, wordsOf } from './sample.ts';

/** Reads `free -s SECONDS`. Numbers are KiB unless they have units (`-h`). */
export function freeReader(onSample: OnSample): LineReader {
  let columns: readonly string[] = [];
  let tick = 0;
  return (line) => {
    const [first = '', ...words] = wordsOf(line);
    if (first === '') return true;
    if (first === 'total') {
      columns = [first, ...words];
      tick++;
      return true;
    }
    if (!/^\w+:$/.test(first) || columns.length === 0) return false;
    const scale = words.some((word) => /[a-z]$/i.test(word)) ? 1 : 1024;
    const values = words.flatMap((word, i) => {
      const number = numberOf(word);
      const column = columns[i];
      return number === undefined || column === undefined ? [] : [[column, number * scale] as const];
    });
    onSample({
      table: first === 'Mem:' ? 'memory' : first.slice(0, -1).toLowerCase(),
      key: '',
      time: undefined,
      tick,
      values,
    });
    return values.length > 0;
  };
}
