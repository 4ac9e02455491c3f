import type { Request } from '../shared/facts.ts';
import {
  durationOf,
  durationText,
  isFailed,
  phasesOf,
  shortName,
  sizeText,
  statusText,
  typeText,
} from './request-text.ts';

/**
 * Creates the row of a request.
 * @param duration milliseconds that the width of the waterfall represents
 * @param onToggle called when the details are to be shown or hidden
 */
export function createRequestRow(
  request: Request,
  duration: number,
  onToggle: (row: HTMLTableRowElement) => void,
): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.className = isFailed(request) ? 'request failed' : 'request';
  row.tabIndex = 0;
  row.append(
    nameCell(request),
    cell('status', statusText(request)),
    cell('type', typeText(request)),
    cell('size', sizeText(request)),
    cell('time', durationText(durationOf(request))),
    waterfallCell(request, duration),
  );
  row.addEventListener('click', () => onToggle(row));
  row.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== row) return;
    event.preventDefault();
    onToggle(row);
  });
  return row;
}

function nameCell({ method, url }: Request): HTMLTableCellElement {
  const { name, host } = shortName(url);
  const element = cell('name', `${method} ${name} `);
  element.append(Object.assign(document.createElement('small'), { textContent: host }));
  element.title = url;
  return element;
}

/** A bar for each phase of a request; the tooltip has their durations. */
function waterfallCell(request: Request, duration: number): HTMLTableCellElement {
  const line = document.createElement('div');
  line.className = 'line';
  const phases = phasesOf(request);
  for (const phase of phases) {
    const bar = document.createElement('i');
    bar.className = `p${phase.index}`;
    bar.style.left = `${(100 * phase.start) / (duration || 1)}%`;
    bar.style.width = `${(100 * phase.duration) / (duration || 1)}%`;
    line.append(bar);
  }
  const element = document.createElement('td');
  element.title = phases.map((phase) => `${phase.name}: ${durationText(phase.duration)}`).join('\n');
  element.append(line);
  return element;
}

function cell(className: string, textContent: string): HTMLTableCellElement {
  return Object.assign(document.createElement('td'), { className, textContent });
}
