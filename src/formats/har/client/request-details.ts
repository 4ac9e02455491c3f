import type { DetailedRequest } from '../shared/facts.ts';
import { durationText, phasesOf } from './request-text.ts';

type Pair = readonly [term: string, text: string];

/** Creates the elements of a request's details: general facts, phases and headers. */
export function createDetails(request: DetailedRequest): HTMLElement[] {
  const general: Pair[] = [['URL', request.url]];
  if (request.error !== undefined) general.push(['failed', request.error]);
  if (request.server) general.push(['server', request.server]);
  general.push(['begins at', durationText(request.start)]);
  return [
    definitionList(general),
    phaseList(request),
    heading('Request headers'),
    definitionList(request.request),
    heading('Answer headers'),
    definitionList(request.response),
  ];
}

/** The durations of the phases, each with its colour in the waterfall. */
function phaseList(request: DetailedRequest): HTMLElement {
  const phases = phasesOf(request);
  const list = definitionList(phases.map(({ name, duration }) => [name, durationText(duration)]));
  list.querySelectorAll('dt').forEach((term, i) => {
    const mark = document.createElement('i');
    mark.className = `p${phases[i]?.index}`;
    term.prepend(mark);
  });
  return list;
}

function definitionList(pairs: readonly Pair[]): HTMLElement {
  const list = document.createElement('dl');
  for (const [term, text] of pairs) {
    list.append(Object.assign(document.createElement('dt'), { textContent: term }));
    list.append(Object.assign(document.createElement('dd'), { textContent: text }));
  }
  return list;
}

function heading(textContent: string): HTMLElement {
  return Object.assign(document.createElement('h3'), { textContent });
}
