import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';

/** A calendar of some years has a few hundred KB. */
const LIMITS = { whole: 4 * 1024 * 1024, head: 4 * 1024 * 1024, tail: 0 };

export default {
  name: 'calendar',
  about: 'Calendars (iCalendar): an agenda and months, with what repeats; what is wrong, with its line',
  types: ['ics', 'ical'],
  searchText: 'source',
  first: 64 * 1024,

  sniff: (head) =>
    /^\uFEFF?\s{0,20}BEGIN:VCALENDAR\b/i.test(decode(head, detectCharset(head).charset)) ? 'ics' : undefined,

  async render(input, output) {
    const [{ calendarPage }, { readCalendar }] = await Promise.all([import('./page.ts'), import('./shared/events.ts')]);
    const { head, size } = readEnds(input.path, LIMITS);
    const { charset, note } = detectCharset(head);
    await output.page(
      calendarPage({
        title: input.title ?? input.name,
        calendar: readCalendar(decode(head, charset)),
        isComplete: size <= head.length,
        bytes: size,
        note,
        charset,
        source: input.source,
        script: output.asset('calendar.js'),
      }),
    );
  },
} satisfies Format;
