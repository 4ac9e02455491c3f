import type { Format } from '../../shared/format.ts';
import { toolOf } from './read.ts';

export default {
  name: 'columns',
  about: 'ps, top -b, df, strace -c and time as tables that sort',
  types: ['ps', 'top', 'df', 'strace', 'time'],
  searchText: 'source',
  first: 64 * 1024,

  sniff(head) {
    return head.includes(0) ? undefined : toolOf(new TextDecoder().decode(head));
  },

  async render(input, output) {
    const { statSync, writeFileSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { readTable } = await import('./read.ts');
    const rows = readTable(input.path);
    if (rows.length < 2) {
      const { TEXT_LIMITS, textPage } = await import('../../node/kit/text/text-page.ts');
      const htmlAbove =
        input.bytes > 0 ? '<p class="note">There is no table of ps, top, df, strace -c or time in this text.</p>' : '';
      return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS, htmlAbove });
    }
    // Write the rows to a TSV file of the entry, which the csv format shows.
    const path = join(output.dir, 'table.tsv');
    const quote = (cell: string) => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    writeFileSync(path, rows.map((row) => `${row.map(quote).join('\t')}\n`).join(''), { mode: 0o600 });
    const { default: csv } = await import('../csv/format.ts');
    const source = `${output.href}/table.tsv`;
    await csv.render({ ...input, path, source, type: 'tsv', bytes: statSync(path).size }, output);
  },
} satisfies Format;
