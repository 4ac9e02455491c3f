import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import type { CalendarEvent } from './events.ts';
import type { Occurrence } from './occurrences.ts';
import { DAY } from './time.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** `2026-01-31`. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function time(ms: number): string {
  const text = new Date(ms).toISOString().slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

const dayOf = (ms: number): number => Math.floor(ms / DAY) * DAY;

/** `Saturday, 31 January 2026`. */
function longDate(ms: number): string {
  const date = new Date(ms);
  return `${WEEKDAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** When an occurrence takes place, on the page of its first day: `All day`, `09:30 – 10:00`, `until 2026-02-03`. */
function whenText({ event, start, end }: Occurrence): string {
  if (event.start.isDate) {
    const last = end - DAY;
    return last > start ? `All day until ${isoDate(last)}` : 'All day';
  }
  const endZone = event.end.zone === event.start.zone ? '' : ` ${event.end.zone ?? 'local time'}`;
  const endText = dayOf(end) === dayOf(start) ? time(end) : `${isoDate(end)} ${time(end)}`;
  return end === start && !endZone ? time(start) : `${time(start)} – ${endText}${endZone}`;
}

/** What is said of an event besides its time and summary. */
function detailsHtml(event: CalendarEvent): string {
  const { location, organizer, attendees, url, description, rule } = event;
  const facts = [
    location,
    organizer && `organised by ${organizer}`,
    attendees.length > 0 && `with ${attendees.join(', ')}`,
    rule && `repeats: ${ruleText(rule)}`,
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '');
  const link =
    url && /^https?:\/\//i.test(url) ? `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>` : escapeHtml(url ?? '');
  return `${facts.map((fact) => `<div class="note">${escapeHtml(fact)}</div>`).join('')}${link && `<div class="note">${link}</div>`}${
    description
      ? `<details><summary>Description</summary><div class="text">${escapeHtml(description)}</div></details>`
      : ''
  }`;
}

/** A rule as it is written, easier to read: `weekly, by day MO,WE, until 20261231`. */
function ruleText(rule: string): string {
  return rule
    .split(';')
    .map((part) => {
      const [key = '', value = ''] = part.split('=');
      if (key === 'FREQ') return value.toLowerCase();
      return `${key.toLowerCase().replace(/^by(?=.)/, 'by ')} ${value}`;
    })
    .join(', ');
}

/** The marks of an event that does not simply take place. */
function statusHtml({ kind, status }: CalendarEvent): string {
  const words = [kind === 'task' ? 'task' : '', status && status !== 'CONFIRMED' ? status.toLowerCase() : ''].filter(
    Boolean,
  );
  return words.length > 0 ? ` <span class="status">${escapeHtml(words.join(', '))}</span>` : '';
}

function isOff({ status }: CalendarEvent): boolean {
  return status === 'CANCELLED' || status === 'COMPLETED';
}

/** One occurrence in the agenda. */
function rowHtml(occurrence: Occurrence): string {
  const { event } = occurrence;
  const zone = event.start.isDate ? '' : `<span class="note">${escapeHtml(event.start.zone ?? 'local time')}</span>`;
  return `<li class="event${isOff(event) ? ' off' : ''}"><span class="when">${escapeHtml(whenText(occurrence))}${zone}</span><div><b>${escapeHtml(event.summary || 'Without a title')}</b>${statusHtml(event)}${detailsHtml(event)}</div></li>`;
}

/** Occurrences by day, in order: a list of HTML pieces, one for each day. */
export function agendaHtml(occurrences: readonly Occurrence[]): string[] {
  const days = new Map<number, Occurrence[]>();
  for (const occurrence of occurrences) {
    const day = dayOf(occurrence.start);
    days.set(day, [...(days.get(day) ?? []), occurrence]);
  }
  return [...days].map(
    ([day, list]) => `<section><h2>${longDate(day)}</h2><ul>${list.map(rowHtml).join('')}</ul></section>`,
  );
}

/** Events that a day of the month has room for. */
const DAY_ROWS = 4;

/**
 * A month as a table of weeks that begin on Monday.
 * @param occurrences those that overlap the month
 */
export function monthHtml(year: number, month: number, occurrences: readonly Occurrence[]): string {
  const first = Date.UTC(year, month, 1);
  const next = Date.UTC(year, month + 1, 1);
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY;
  const weeks: string[] = [];
  for (let week = monday; week < next; week += 7 * DAY) {
    const days = [0, 1, 2, 3, 4, 5, 6].map((i) => dayHtml(week + i * DAY, month, occurrences));
    weeks.push(`<tr>${days.join('')}</tr>`);
  }
  const names = [1, 2, 3, 4, 5, 6, 0].map((i) => `<th scope="col">${WEEKDAYS[i]?.slice(0, 3)}</th>`);
  return `<table class="month"><thead><tr>${names.join('')}</tr></thead><tbody>${weeks.join('')}</tbody></table>`;
}

function dayHtml(day: number, month: number, occurrences: readonly Occurrence[]): string {
  const date = new Date(day);
  const list = occurrences.filter(
    ({ start, end }) => start < day + DAY && (end > day || (end <= start && start >= day)),
  );
  const rows = list.slice(0, DAY_ROWS).map((occurrence) => {
    const { event, start } = occurrence;
    const begins = start >= day && !event.start.isDate ? `<span class="note">${time(start)}</span> ` : '';
    const title = `${event.summary}, ${whenText(occurrence)}${event.start.zone ? ` ${event.start.zone}` : ''}`;
    return `<div class="bar-event${isOff(event) ? ' off' : ''}" title="${escapeHtml(title)}">${begins}${escapeHtml(event.summary || 'Without a title')}</div>`;
  });
  const rest = list.length - rows.length;
  return `<td${date.getUTCMonth() === month ? '' : ' class="outside"'}><span class="day">${date.getUTCDate()}</span>${rows.join('')}${rest > 0 ? `<div class="note">${rest} more</div>` : ''}</td>`;
}
