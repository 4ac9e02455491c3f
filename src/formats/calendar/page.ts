import type { TextHead } from '../../node/kit/text/text-head.ts';
import { problemsHtml } from '../../shared/kit/page/problems.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { takeWithin } from '../../shared/kit/page/take-within.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { readCalendar } from './shared/events.ts';
import { agendaHtml, isoDate } from './shared/html.ts';
import { occurrencesBetween, rangeOf } from './shared/occurrences.ts';

/** Occurrences and characters of HTML that a page holds. */
const MAX_OCCURRENCES = 1000;
const HTML_LIMIT = 160 * 1024;

const STYLE = `h2{font-size:14px;margin:14px 0 4px}#agenda ul{list-style:none;margin:0;padding:0}.event{display:flex;gap:16px;padding:6px 0;border-top:1px solid var(--line)}
.when{flex:0 0 190px;font-variant-numeric:tabular-nums}.when .note{display:block;margin:0}.event .note{margin:1px 0}.event.off b,.bar-event.off{text-decoration:line-through;color:var(--dim)}.status{color:var(--warn);font-size:12.5px}.text{white-space:pre-wrap;margin:4px 0}
.scroll{overflow-x:auto}.month{border-collapse:collapse;table-layout:fixed;width:100%;min-width:640px}.month th{color:var(--dim);font-weight:normal;font-size:12.5px}.month td{border:1px solid var(--line);vertical-align:top;height:84px;padding:3px}.month .day{font-size:12.5px}.month .outside{background:var(--soft)}.month .outside .day{color:var(--dim)}.month .note{margin:0}
.bar-event{overflow:hidden;white-space:nowrap;text-overflow:ellipsis;font-size:12.5px;border-radius:4px;padding:0 4px;margin:1px 0;background:color-mix(in srgb,var(--accent) 14%,transparent)}
@media(max-width:520px){.event{flex-direction:column;gap:0}.when{flex-basis:auto}}`;

/** The page of a calendar: the agenda. The script adds the months. */
export function calendarPage(input: TextHead, script: string): string {
  const { events, name, others, problems } = readCalendar(input.text);
  const range = rangeOf(events);
  const found = range && occurrencesBetween(events, range.from, range.to, MAX_OCCURRENCES);
  const days = agendaHtml(found?.occurrences ?? []);
  const shownDays = takeWithin(days, HTML_LIMIT);
  const facts = [
    name,
    plural(events.length, 'event'),
    range && `${isoDate(range.from)} to ${isoDate(range.to - 2)}`,
    input.isComplete ? '' : `read from the first part of ${size(input.bytes)}`,
  ].filter(Boolean);
  const notes = [
    input.note,
    input.bytes === 0 && 'The file is empty.',
    range?.isEndless && `What repeats without an end is shown until ${isoDate(range.to - 2)}; the months go on.`,
    (found?.isCut || shownDays.length < days.length) && 'Only the first dates are shown.',
    ...(found?.unreadable ?? []).map(
      ({ summary, rule }) => `Shown once, since its rule cannot be read: ${summary} (${rule}).`,
    ),
    ...Object.entries(others).map(([component, n]) => `Not shown: ${count(n)} of type ${component}.`),
  ].filter((note): note is string => typeof note === 'string');
  const buttons = events.length > 0 ? '<button type="button" id="view">Month</button>' : '';
  return page({
    title: input.title,
    style: STYLE,
    body: `<div class="bar"><span class="note" role="status" id="info">${escapeHtml(facts.join(' · '))}</span>${buttons}<span class="zoom" id="months" hidden><button type="button" id="previous" aria-label="Previous month">‹</button><output id="label"></output><button type="button" id="next" aria-label="Next month">›</button><button type="button" id="today">Today</button></span><input id="find" type="search" placeholder="Filter events" aria-label="Filter events"></div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}${problemsHtml(problems)}<div id="agenda">${shownDays.join('')}</div><div id="month" class="scroll" hidden></div>`,
    data: { source: input.source, charset: input.charset },
    scripts: events.length > 0 ? [script] : [],
  });
}
