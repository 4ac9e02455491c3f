/** The script of the page of a table of text. In a worker: what keeps a large table. */
import { startTable } from '../table/app.ts';
import { answerInWorker, fetchText, localEngine, openText, workerEngine } from '../table/engine.ts';
import type { TableFacts } from '../table/look.ts';

if (typeof document === 'undefined') answerInWorker(fetchText);
else {
  const script = (document.currentScript as HTMLScriptElement).src;
  startTable((facts: TableFacts, url) => {
    const { text } = facts;
    return text === undefined ? workerEngine(facts, url, script) : localEngine(() => openText(facts, text));
  });
}
