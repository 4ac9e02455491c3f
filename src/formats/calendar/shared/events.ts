import type { Problem } from '../../../shared/kit/page/problems.ts';
import { type Component, firstValue, type Property, parseCalendar, textOf } from './ical.ts';
import { DAY, readDuration, timesOf, type WallTime } from './time.ts';

/** An event or a task with a date. */
export interface CalendarEvent {
  readonly kind: 'event' | 'task';
  readonly uid: string;
  readonly start: WallTime;
  /** Exclusive, as in the file: an event of one whole day ends on the next. In its own zone. */
  readonly end: WallTime;
  readonly summary: string;
  readonly location?: string;
  readonly description?: string;
  readonly url?: string;
  /** `CONFIRMED`, `TENTATIVE`, `CANCELLED`, `COMPLETED`, … */
  readonly status?: string;
  readonly organizer?: string;
  readonly attendees: readonly string[];
  /** The rule by which it repeats (RRULE), as written. */
  readonly rule?: string;
  /** More dates on which it takes place, and those on which it does not. */
  readonly added: readonly WallTime[];
  readonly excluded: readonly WallTime[];
  /** The occurrence of the event with the same `uid` in whose place this one stands. */
  readonly replaces?: WallTime;
  readonly line: number;
}

export interface Calendar {
  /** As the file names itself, or empty. */
  readonly name: string;
  readonly events: readonly CalendarEvent[];
  /** Components that are not shown, by name: `VJOURNAL`, `VFREEBUSY`. */
  readonly others: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
}

const SUPPORTING = new Set(['VTIMEZONE', 'VALARM']);

/** Reads a calendar. Events without a usable date are reported as problems. */
export function readCalendar(text: string): Calendar {
  const { components, problems } = parseCalendar(text);
  const events: CalendarEvent[] = [];
  const others: Record<string, number> = {};
  const found: Problem[] = [...problems];
  let name = '';
  for (const calendar of components) {
    if (calendar.name !== 'VCALENDAR') {
      found.push({ line: calendar.line, message: `${calendar.name} outside of a calendar` });
      continue;
    }
    name ||= textOf(firstValue(calendar, 'X-WR-CALNAME') ?? firstValue(calendar, 'NAME') ?? '');
    for (const component of calendar.components) {
      if (component.name === 'VEVENT' || component.name === 'VTODO') {
        const event = eventOf(component);
        if ('message' in event) found.push(event);
        else events.push(event);
      } else if (!SUPPORTING.has(component.name)) others[component.name] = (others[component.name] ?? 0) + 1;
    }
  }
  return { name, events, others, problems: found };
}

function eventOf(component: Component): CalendarEvent | Problem {
  const { line, properties } = component;
  const kind = component.name === 'VTODO' ? 'task' : 'event';
  const summary = textOf(firstValue(component, 'SUMMARY') ?? '');
  const property = (name: string) => properties.find((each) => each.name === name);
  const startProperty = property('DTSTART') ?? (kind === 'task' ? property('DUE') : undefined);
  const [start] = startProperty ? timesOf(startProperty) : [];
  if (!start) {
    const what = startProperty ? `an unreadable date "${startProperty.value}"` : 'no date';
    return { line: startProperty?.line ?? line, message: `${summary || component.name}: ${what}` };
  }
  const text = (name: string) => {
    const value = textOf(firstValue(component, name) ?? '').trim();
    return value === '' ? undefined : value;
  };
  const times = (name: string) => properties.filter((each) => each.name === name).flatMap(timesOf);
  return {
    kind,
    uid: firstValue(component, 'UID') ?? `line ${line}`,
    start,
    end: endOf(start, property('DTEND') ?? property('DUE'), property('DURATION')),
    summary,
    location: text('LOCATION'),
    description: text('DESCRIPTION'),
    url: text('URL'),
    status: text('STATUS'),
    organizer: personOf(property('ORGANIZER')),
    attendees: properties.filter(({ name }) => name === 'ATTENDEE').flatMap((each) => personOf(each) ?? []),
    rule: firstValue(component, 'RRULE'),
    added: times('RDATE'),
    excluded: times('EXDATE'),
    replaces: times('RECURRENCE-ID')[0],
    line,
  };
}

/** RFC 5545, 3.6.1: without an end, an all-day event lasts one day, and an event with a time has no duration. */
function endOf(start: WallTime, end: Property | undefined, duration: Property | undefined): WallTime {
  const [time] = end ? timesOf(end) : [];
  if (time) return time;
  const length = duration && readDuration(duration.value);
  return { ...start, ms: start.ms + (length ?? (start.isDate ? DAY : 0)) };
}

/** The name of an organizer or attendee, or the mail address. */
function personOf(property: Property | undefined): string | undefined {
  return property && (property.params.CN || property.value.replace(/^mailto:/i, ''));
}
