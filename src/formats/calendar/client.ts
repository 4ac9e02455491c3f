/** The script of a calendar's page: a filter for the agenda, and the months, which it computes from the file. */

import { anyCase } from '../../shared/case.ts';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { type Charset, decode } from '../../shared/kit/text/charset.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { type CalendarEvent, readCalendar } from './shared/events.ts';
import { MONTHS, monthHtml } from './shared/html.ts';
import { occurrencesBetween } from './shared/occurrences.ts';
import { DAY } from './shared/time.ts';

/** Occurrences in a month and the days around it. */
const MAX_OCCURRENCES = 2000;

const agenda = elementById('agenda');
const month = elementById('month');
const view = elementById<HTMLButtonElement>('view');
const find = elementById<HTMLInputElement>('find');
const info = elementById('info');

let events: readonly CalendarEvent[] | undefined;
/** The first day of the month that is shown. */
let shown = new Date(Date.UTC(new Date().getFullYear(), new Date().getMonth(), 1));

async function load(): Promise<readonly CalendarEvent[]> {
  const { source = '', charset = 'utf-8' } = document.body.dataset;
  const response = await fetchFile(new URL(source, document.baseURI));
  return readCalendar(decode(new Uint8Array(await response.arrayBuffer()), charset as Charset)).events;
}

/** The events whose text contains what is in the filter. */
function wanted(all: readonly CalendarEvent[]): CalendarEvent[] {
  const pattern = anyCase(find?.value ?? '');
  return all.filter(({ summary, location = '', description = '' }) =>
    pattern.test(`${summary}\n${location}\n${description}`),
  );
}

function showMonth(): void {
  if (!month || !events) return;
  const [year, index] = [shown.getUTCFullYear(), shown.getUTCMonth()];
  const [from, to] = [shown.getTime() - 7 * DAY, Date.UTC(year, index + 1, 8)];
  month.innerHTML = monthHtml(year, index, occurrencesBetween(wanted(events), from, to, MAX_OCCURRENCES).occurrences);
  const label = elementById('label');
  if (label) label.textContent = `${MONTHS[index]} ${year}`;
}

function move(months: number): void {
  shown = new Date(Date.UTC(shown.getUTCFullYear(), shown.getUTCMonth() + months, 1));
  showMonth();
}

function filterAgenda(): void {
  const pattern = anyCase(find?.value ?? '');
  for (const day of agenda?.querySelectorAll<HTMLElement>('section') ?? []) {
    const rows = [...day.querySelectorAll<HTMLElement>('.event')];
    for (const row of rows) row.hidden = !pattern.test(row.textContent ?? '');
    day.hidden = rows.every((row) => row.hidden);
  }
}

/** The current month if anything takes place from it on, else that of the first event. */
function firstMonth(all: readonly CalendarEvent[]): Date {
  const now = shown.getTime();
  if (occurrencesBetween(all, now, now + 366 * DAY, 1).occurrences.length > 0) return shown;
  const first = new Date(Math.min(...all.map(({ start }) => start.ms)));
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1));
}

async function toggle(): Promise<void> {
  if (!agenda || !month || !view) return;
  if (!events) {
    events = await load();
    shown = firstMonth(events);
  }
  const isMonth = month.hidden;
  month.hidden = !isMonth;
  agenda.hidden = isMonth;
  const months = elementById('months');
  if (months) months.hidden = !isMonth;
  view.textContent = isMonth ? 'Agenda' : 'Month';
  if (isMonth) showMonth();
}

view?.addEventListener('click', () => {
  toggle().catch((error: unknown) => {
    if (info)
      info.textContent = `The file could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
  });
});
find?.addEventListener('input', () => {
  filterAgenda();
  showMonth();
});
elementById('previous')?.addEventListener('click', () => move(-1));
elementById('next')?.addEventListener('click', () => move(1));
elementById('today')?.addEventListener('click', () => {
  shown = new Date(Date.UTC(new Date().getFullYear(), new Date().getMonth(), 1));
  showMonth();
});
