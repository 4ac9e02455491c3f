/** The script of the page of a table. In a worker: what keeps a large table of text. */
import { startTables } from '../table/app.ts';
import { answersForZones } from '../table/beside.ts';
import { answerInWorker, fetchText, localEngine, openText, workerEngine } from '../table/engine.ts';
import type { GridFacts, TableFacts } from '../table/look.ts';

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
