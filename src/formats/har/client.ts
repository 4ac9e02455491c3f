/** Script of an HTTP archive's page: the waterfall, the filter, and the details of a request. */
import { elementById } from '../../web/kit/dom/element.ts';
import { createDetails } from './client/request-details.ts';
import { createRequestRow } from './client/request-row.ts';
import { filteredSummary, filterRequests } from './client/request-text.ts';
import type { DetailedRequest, HarFacts, Request } from './shared/facts.ts';

/** Largest number of rows in the table. */
const MAX_ROWS = 3000;

interface HarPage {
  readonly facts: HarFacts;
  /** The requests in the page's HTML, later all requests. */
  requests: readonly Request[];
  /** All requests with their headers, once they are requested from the server. */
  details: Promise<DetailedRequest[]> | undefined;
  readonly tableBody: HTMLElement;
  readonly summary: HTMLElement | null;
  /** The summary of all requests. */
  readonly fullSummary: string;
  readonly filterInput: HTMLInputElement | null;
}

const tableBodyElement = elementById('requests');
if (tableBodyElement) start(tableBodyElement);

function start(tableBody: HTMLElement): void {
  const facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as HarFacts;
  const summary = elementById('summary');
  const page: HarPage = {
    facts,
    requests: facts.requests,
    details: undefined,
    tableBody,
    summary,
    fullSummary: summary?.textContent ?? '',
    filterInput: elementById<HTMLInputElement>('find'),
  };
  page.filterInput?.addEventListener('input', () => draw(page));
  const allButton = elementById('all');
  allButton?.addEventListener('click', () => void showAllRequests(page, allButton));
  draw(page);
}

/** Shows the requests that match the filter. */
function draw(page: HarPage): void {
  const { facts, requests, tableBody, summary, fullSummary } = page;
  const text = page.filterInput?.value.trim() ?? '';
  const matches = filterRequests(requests, text);
  const rows = matches
    .slice(0, MAX_ROWS)
    .map(({ request, index }) =>
      createRequestRow(request, facts.duration, (row) => void toggleDetails(page, row, index)),
    );
  tableBody.replaceChildren(...rows);
  const isPartial = text !== '' || matches.length > MAX_ROWS;
  if (summary) summary.textContent = isPartial ? filteredSummary(matches, fullSummary, MAX_ROWS) : fullSummary;
}

/** Resolves to all requests with their headers. They are fetched once; after an error, the next call tries again. */
function loadDetails(page: HarPage): Promise<DetailedRequest[]> {
  page.details ??= fetchDetails(page.facts.all).catch((error: unknown) => {
    page.details = undefined;
    throw error;
  });
  return page.details;
}

async function fetchDetails(url: string): Promise<DetailedRequest[]> {
  const response = await fetch(new URL(url, document.baseURI));
  if (!response.ok) throw new Error(`the server answered with status ${response.status}`);
  return (await response.json()) as DetailedRequest[];
}

/** Replaces the requests of the page by all requests. Removes the button, or reports an error. */
async function showAllRequests(page: HarPage, button: HTMLElement): Promise<void> {
  try {
    page.requests = await loadDetails(page);
  } catch (error) {
    if (page.summary) page.summary.textContent = `The requests could not be loaded: ${messageOf(error)}.`;
    return;
  }
  button.remove();
  draw(page);
}

/** Adds the details below the row of a request, or removes them. */
async function toggleDetails(page: HarPage, row: HTMLTableRowElement, index: number): Promise<void> {
  const next = row.nextElementSibling;
  if (next?.classList.contains('details')) {
    next.remove();
    return;
  }
  const detailsRow = document.createElement('tr');
  detailsRow.className = 'details';
  const cell = detailsRow.insertCell();
  // On narrow pages, the style sheet hides some columns.
  cell.colSpan = [...row.cells].filter(({ offsetWidth }) => offsetWidth > 0).length;
  row.after(detailsRow);
  try {
    const request = (await loadDetails(page))[index];
    if (request) cell.append(...createDetails(request));
  } catch (error) {
    cell.textContent = `The details could not be loaded: ${messageOf(error)}.`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
