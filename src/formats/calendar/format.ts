import { readTextHead } from '../../node/kit/text/text-head.ts';
import type { Format } from '../../shared/format.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';

/** How much is read. A calendar of some years has a few hundred KB. */
const MAX_BYTES = 4 * 1024 * 1024;

export default {
  name: 'calendar',
  about: 'Calendars (iCalendar): an agenda and months, with what repeats; what is wrong, with its line',
  types: ['ics', 'ical'],
  searchText: 'source',
  first: 64 * 1024,

  sniff: (head) =>
    /^\uFEFF?\s{0,20}BEGIN:VCALENDAR\b/i.test(decode(head, detectCharset(head).charset)) ? 'ics' : undefined,

  async render(input, output) {
    const { calendarPage } = await import('./page.ts');
    await output.page(calendarPage(readTextHead(input, MAX_BYTES), output.asset('calendar.js')));
  },
} satisfies Format;
