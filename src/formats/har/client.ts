/** The script of an HTTP archive's page: the waterfall, the filter, and the details of a request. */
import { anyCase } from '../../shared/case.ts';
import { count, size } from '../../shared/kit/text/numbers.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { type DetailedRequest, type HarFacts, PHASES, type Request } from './shared/facts.ts';

/** Rows in the document. */
const MAX_ROWS = 3000;

const body = elementById<HTMLTableSectionElement>('requests');
if (body) start(body);

function start(rows: HTMLTableSectionElement): void {
  const facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as HarFacts;
  const [summary, find, button] = [elementById('summary'), elementById<HTMLInputElement>('find'), elementById('all')];
  const fullSummary = summary?.textContent ?? '';
  let requests: readonly Request[] = facts.requests;
  let details: Promise<DetailedRequest[]> | undefined;

  /** All requests with their headers, loaded when they are first needed. */
  function loadDetails(): Promise<DetailedRequest[]> {
    details ??= fetch(new URL(facts.all, document.baseURI))
      .then((response) => {
        if (!response.ok) throw new Error(`the server said ${response.status}`);
        return response.json() as Promise<DetailedRequest[]>;
      })
      .catch((error: unknown) => {
        details = undefined;
        throw error;
      });
    return details;
  }

  function draw(): void {
    const text = find?.value.trim() ?? '';
    const pattern = anyCase(text);
    const shown = requests
      .map((request, i) => ({ request, i }))
      .filter(({ request: { method, url, status, mime } }) => pattern.test(`${method} ${url} ${status} ${mime}`));
    rows.replaceChildren(...shown.slice(0, MAX_ROWS).map(({ request, i }) => row(request, i)));
    const cut = shown.length > MAX_ROWS ? `, the first ${count(MAX_ROWS)} shown` : '';
    const bytes = shown.reduce((bytes, { request }) => bytes + Math.max(0, request.size), 0);
    if (summary)
      summary.textContent =
        text || cut
          ? `${count(shown.length)} of ${fullSummary.replace(/ ·.*/, '')}${cut} · ${size(bytes)}`
          : fullSummary;
  }

  function row(request: Request, i: number): HTMLTableRowElement {
    const tableRow = document.createElement('tr');
    tableRow.className = request.status >= 400 || request.error !== undefined ? 'request failed' : 'request';
    tableRow.tabIndex = 0;
    const { name, host } = shortName(request.url);
    const first = cell('name', `${request.method} ${name} `);
    first.append(Object.assign(document.createElement('small'), { textContent: host }));
    first.title = request.url;
    tableRow.append(
      first,
      cell('status', request.error !== undefined ? 'failed' : request.status > 0 ? String(request.status) : '–'),
      cell('type', request.mime.replace(/^(?:application|image|text)\//, '')),
      cell('size', request.size < 0 ? '–' : size(request.size).replace(' bytes', ' B').replace(' byte', ' B')),
      cell('time', durationText(request.phases.reduce((a, b) => a + b, 0))),
      waterfall(request),
    );
    const toggle = () => void toggleDetails(tableRow, i);
    tableRow.addEventListener('click', toggle);
    tableRow.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.target !== tableRow) return;
      event.preventDefault();
      toggle();
    });
    return tableRow;
  }

  function waterfall({ start: begin, phases }: Request): HTMLTableCellElement {
    const line = document.createElement('div');
    line.className = 'line';
    let from = begin;
    phases.forEach((length, i) => {
      if (length > 0) {
        const part = document.createElement('i');
        part.className = `p${i}`;
        part.style.left = `${(100 * from) / (facts.duration || 1)}%`;
        part.style.width = `${(100 * length) / (facts.duration || 1)}%`;
        line.append(part);
      }
      from += length;
    });
    const place = document.createElement('td');
    place.title = phases
      .flatMap((length, i) => (length > 0 ? [`${PHASES[i]}: ${durationText(length)}`] : []))
      .join('\n');
    place.append(line);
    return place;
  }

  async function toggleDetails(line: HTMLTableRowElement, i: number): Promise<void> {
    const next = line.nextElementSibling;
    if (next?.classList.contains('details')) {
      next.remove();
      return;
    }
    const detailsRow = document.createElement('tr');
    detailsRow.className = 'details';
    const place = document.createElement('td');
    // Narrow pages leave some columns out.
    place.colSpan = [...line.cells].filter((one) => one.offsetWidth > 0).length;
    detailsRow.append(place);
    line.after(detailsRow);
    try {
      const request = (await loadDetails())[i];
      if (request) place.append(...describe(request));
    } catch (error) {
      place.textContent = `The details could not be loaded: ${error instanceof Error ? error.message : error}.`;
    }
  }

  function describe(request: DetailedRequest): HTMLElement[] {
    const general: [string, string][] = [
      ['URL', request.url],
      ...(request.error === undefined ? [] : [['failed', request.error] as [string, string]]),
      ...(request.server ? [['server', request.server] as [string, string]] : []),
      ['begins at', durationText(request.start)],
    ];
    const times = definitions(
      request.phases.flatMap((length, i): [string, string][] =>
        length > 0 ? [[PHASES[i] ?? '', durationText(length)]] : [],
      ),
    );
    for (const term of times.querySelectorAll('dt')) {
      const mark = document.createElement('i');
      mark.className = `p${PHASES.indexOf((term.textContent ?? '') as (typeof PHASES)[number])}`;
      term.prepend(mark);
    }
    const heading = (textContent: string) => Object.assign(document.createElement('h3'), { textContent });
    return [
      definitions(general),
      times,
      heading('Request headers'),
      definitions(request.request),
      heading('Answer headers'),
      definitions(request.response),
    ];
  }

  find?.addEventListener('input', draw);
  button?.addEventListener('click', () => {
    loadDetails().then(
      (all) => {
        requests = all;
        button.remove();
        draw();
      },
      (error: unknown) => {
        if (summary) summary.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
      },
    );
  });
  draw();
}

function cell(kind: string, textContent: string): HTMLTableCellElement {
  return Object.assign(document.createElement('td'), { className: kind, textContent });
}

function definitions(pairs: readonly (readonly [string, string])[]): HTMLElement {
  const list = document.createElement('dl');
  for (const [term, text] of pairs) {
    list.append(Object.assign(document.createElement('dt'), { textContent: term }));
    list.append(Object.assign(document.createElement('dd'), { textContent: text }));
  }
  return list;
}

/** What tells a request from others: the end of its path; and its host. */
function shortName(url: string): { name: string; host: string } {
  try {
    const { host, pathname, search } = new URL(url);
    const parts = pathname.split('/').filter((part) => part !== '');
    return { name: `${parts.length > 0 ? (parts.at(-1) ?? '') : '/'}${search}`.slice(0, 200), host };
  } catch {
    return { name: url.slice(0, 200), host: '' };
  }
}

function durationText(ms: number): string {
  return ms >= 9995
    ? `${(ms / 1000).toFixed(1)} s`
    : ms >= 1000
      ? `${(ms / 1000).toFixed(2)} s`
      : ms >= 9.95
        ? `${Math.round(ms)} ms`
        : `${ms.toFixed(1)} ms`;
}
