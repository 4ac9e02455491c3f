/** The script of the page of a table. In a worker: what keeps a large table of text. */

import type { GridFacts, TableFacts } from '../../../shared/kit/table/look.ts';
import { startTables } from './app.ts';
import { answersForZones } from './beside.ts';
import { answerInWorker, fetchText, localEngine, openText, workerEngine } from './engine.ts';

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
