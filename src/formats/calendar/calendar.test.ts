import fc from 'fast-check';
import { expect, test } from 'vitest';
import calendar from './format.ts';
import { readCalendar } from './shared/events.ts';
import { parseCalendar } from './shared/ical.ts';
import { occurrencesBetween, rangeOf } from './shared/occurrences.ts';
import { inZone, readDuration, readTime } from './shared/time.ts';

const event = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');

/** The starts of all occurrences between two dates, as `2026-01-31T09:00`. */
function starts(text: string, from: string, to: string): string[] {
  const { occurrences } = occurrencesBetween(readCalendar(text).events, Date.parse(from), Date.parse(to), 100);
  return occurrences.map(({ start }) => new Date(start).toISOString().slice(0, 16));
}

test('a calendar is recognised by its first line', () => {
  const sniff = (text: string) => calendar.sniff(new TextEncoder().encode(text));
  expect(sniff('\uFEFFBEGIN:VCALENDAR\r\n')).toBe('ics');
  expect(sniff('begin:vcalendar')).toBe('ics');
  expect(sniff('BEGIN:VCARD')).toBeUndefined();
});

test('folded lines, quoted parameters and escapes are read', () => {
  const { events } = readCalendar(
    event('DTSTART:20260101T000000', 'SUMM', ' ARY:a\\, b\\n', '\tc', 'ORGANIZER;CN="x;y:z":mailto:a@b'),
  );
  expect(events).toMatchObject([{ summary: 'a, b\nc', organizer: 'x;y:z' }]);
});

test('an event without an end lasts a day if it has no time, and no time otherwise', () => {
  const end = (start: string) => readCalendar(event(start)).events[0]?.end.ms;
  expect(end('DTSTART;VALUE=DATE:20260101')).toBe(Date.parse('2026-01-02'));
  expect(end('DTSTART:20260101T120000')).toBe(Date.parse('2026-01-01T12:00Z'));
});

test('an event keeps its clock time over a change of daylight saving time', () => {
  const text = event('DTSTART;TZID=Europe/Berlin:20260323T090000', 'RRULE:FREQ=WEEKLY;UNTIL=20260406T070000Z');
  expect(starts(text, '2026-01-01', '2027-01-01')).toEqual([
    '2026-03-23T09:00',
    '2026-03-30T09:00',
    '2026-04-06T09:00',
  ]);
});

test('excluded, added and moved occurrences', () => {
  const text = [
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101T090000\nRRULE:FREQ=DAILY;COUNT=4',
    'EXDATE:20260102T090000\nRDATE:20260110T090000\nEND:VEVENT',
    'BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260103T090000\nDTSTART:20260103T170000\nEND:VEVENT\nEND:VCALENDAR',
  ].join('\n');
  expect(starts(text, '2026-01-01', '2027-01-01')).toEqual([
    '2026-01-01T09:00',
    '2026-01-03T17:00',
    '2026-01-04T09:00',
    '2026-01-10T09:00',
  ]);
});

test('an event that began before the range and goes on in it is there', () => {
  expect(starts(event('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20260110'), '2026-01-05', '2026-01-06')).toEqual(
    ['2026-01-01T00:00'],
  );
});

test('what repeats every second ends soon, and says that it is cut', () => {
  const { events } = readCalendar(event('DTSTART:20200101T000000', 'RRULE:FREQ=SECONDLY'));
  const found = occurrencesBetween(events, Date.parse('2026-01-01'), Date.parse('2027-01-01'), 100);
  expect(found).toMatchObject({ occurrences: [], isCut: true });
});

test('the range of an agenda ends with the last event, or a year later if one repeats without an end', () => {
  const range = (...rules: string[]) => rangeOf(readCalendar(event('DTSTART:20260101T000000', ...rules)).events);
  expect(range()?.to).toBe(Date.parse('2026-01-01') + 1);
  expect(range('RRULE:FREQ=DAILY;COUNT=3')?.to).toBe(Date.parse('2026-01-03') + 1);
  expect(range('RRULE:FREQ=DAILY')).toMatchObject({ to: Date.parse('2027-01-02') + 1, isEndless: true });
});

test.each([
  ['20260131', Date.parse('2026-01-31')],
  ['20260131T093000Z', Date.parse('2026-01-31T09:30Z')],
  ['20260230', undefined],
  ['2026-01-31', undefined],
])('the time %s is read as %s', (text, ms) => expect(readTime(text)?.ms).toBe(ms));

test.each([
  ['PT1H30M', 5_400_000],
  ['-P1W', -604_800_000],
  ['P1D', 86_400_000],
  ['1h', undefined],
])('the duration %s is read as %s', (text, ms) => expect(readDuration(text)).toBe(ms));

test('a time in UTC is moved to the clock of a zone, and stays where the zone is unknown', () => {
  const noon = { ms: Date.parse('2026-07-01T12:00Z'), isDate: false };
  expect(inZone(noon, 'Europe/Berlin')).toBe(Date.parse('2026-07-01T14:00Z'));
  expect(inZone(noon, 'Nowhere/Else')).toBe(noon.ms);
});

test('any text is read without an error, and what is wrong has a line', () => {
  const line = fc.constantFrom(
    'BEGIN:VEVENT',
    'END:VEVENT',
    'DTSTART:20260101',
    'RRULE:FREQ=DAILY',
    ' x',
    'A;B="c:d',
    '',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { problems } = parseCalendar(lines.join('\n'));
      for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
      readCalendar(`BEGIN:VCALENDAR\n${lines.join('\n')}`);
    }),
  );
});
