/** The script of table pages, and of the worker that holds a large delimited text. */

import type { TableData, TextTableData } from '../../../shared/kit/table/page-data.ts';
import { serveTable, tableInPage, tableInWorker } from './lazy-table.ts';
import { fetchTextTable, parseTextTable } from './open-text-table.ts';
import { startTables } from './start-tables.ts';
import { serveZones } from './zone-worker.ts';

if (typeof document === 'undefined') {
  if (!serveZones()) serveTable(fetchTextTable);
} else {
  const own = (document.currentScript as HTMLScriptElement).src;
  startTables((facts: TableData | TextTableData, url) => {
    if ('text' in facts) {
      const { text } = facts;
      if (text !== undefined) return tableInPage(() => parseTextTable(facts, text));
    }
    return tableInWorker(facts, url, facts.reader === undefined ? own : new URL(facts.reader, document.baseURI).href);
  });
}
