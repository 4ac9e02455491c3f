/** The script of the page of a table. In a worker: what keeps a large table of text. */

import type { GridFacts, TableFacts } from '../../../shared/kit/table/page-data.ts';
import { answerInWorker, fetchText, localEngine, openText, workerEngine } from './engine.ts';
import { startTables } from './start-tables.ts';
import { answersForZones } from './zone-worker.ts';

if (typeof document === 'undefined') {
  if (!answersForZones()) answerInWorker(fetchText);
} else {
  const own = (document.currentScript as HTMLScriptElement).src;
  startTables((facts: GridFacts | TableFacts, url) => {
    if ('text' in facts) {
      const { text } = facts;
      if (text !== undefined) return localEngine(() => openText(facts, text));
    }
    return workerEngine(facts, url, facts.reader === undefined ? own : new URL(facts.reader, document.baseURI).href);
  });
}
