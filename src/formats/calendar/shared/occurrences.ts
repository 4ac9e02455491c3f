import { RRule, RRuleSet } from 'rrule';
import type { CalendarEvent } from './events.ts';
import { DAY, inZone, readTime, type WallTime } from './time.ts';

/** One time at which an event takes place. Milliseconds as in `WallTime`. */
export interface Occurrence {
  readonly event: CalendarEvent;
  readonly start: number;
  readonly end: number;
}

export interface Occurrences {
  /** By start. */
  readonly occurrences: readonly Occurrence[];
  /** Rules that could not be read: such an event is shown once. */
  readonly unreadable: readonly CalendarEvent[];
  /** More than `limit` occurrences lie in the range. */
  readonly isCut: boolean;
}

const YEAR = 366 * DAY;

/** Occurrences of one event in the range. */
const SERIES_LIMIT = 2000;
/** Repetitions of an event that repeats every hour or faster, from its beginning: more would take seconds to count. */
const FAST_LIMIT = 5000;

/** All occurrences that overlap the range `from` to, not including, `to`; at most `limit`. */
export function occurrencesBetween(
  events: readonly CalendarEvent[],
  from: number,
  to: number,
  limit: number,
): Occurrences {
  const replaced = new Map<string, number[]>();
  for (const { uid, replaces } of events) {
    if (replaces) replaced.set(uid, [...(replaced.get(uid) ?? []), replaces.ms]);
  }
  const found: Occurrence[] = [];
  const unreadable: CalendarEvent[] = [];
  let isCut = false;
  for (const event of events) {
    const length = event.end.ms - event.start.ms;
    const overlaps = (start: number) => start < to && (start + length > from || (length <= 0 && start >= from));
    const series = seriesOf(
      event,
      event.replaces ? [] : (replaced.get(event.uid) ?? []),
      from - Math.max(0, length),
      to,
    );
    if (series === undefined) unreadable.push(event);
    isCut ||= (series?.length ?? 0) >= SERIES_LIMIT || isFastRule(event.rule);
    for (const start of series ?? [event.start.ms]) {
      if (overlaps(start)) found.push({ event, start, end: start + length });
    }
  }
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  return { occurrences: found.slice(0, limit), unreadable, isCut: isCut || found.length > limit };
}

/** Where an event takes place between two times; undefined if its rule cannot be read. */
function seriesOf(event: CalendarEvent, replaced: readonly number[], from: number, to: number): number[] | undefined {
  const { start, rule, added, excluded, replaces } = event;
  if (replaces || (rule === undefined && added.length === 0)) return [start.ms];
  try {
    const set = new RRuleSet();
    if (rule !== undefined) set.rrule(ruleOf(rule, start));
    else set.rdate(new Date(start.ms));
    for (const time of added) set.rdate(new Date(wallOf(time, start)));
    for (const time of excluded) set.exdate(new Date(wallOf(time, start)));
    for (const ms of replaced) set.exdate(new Date(ms));
    return set
      .between(new Date(from), new Date(to), true, (_, count) => count < SERIES_LIMIT)
      .map((date) => date.getTime());
  } catch {
    return undefined;
  }
}

/** A rule over the readings of a clock: the end that it names in UTC is moved to the zone of the event. */
function ruleOf(rule: string, start: WallTime): RRule {
  const options = RRule.parseString(rule.replace(/;?UNTIL=[^;]*/i, '').replace(/^;/, ''));
  const until = /UNTIL=([^;]*)/i.exec(rule)?.[1];
  const end = until === undefined ? undefined : readTime(until, start.zone);
  if (until !== undefined && !end) throw new Error(`unreadable end of the rule: ${until}`);
  // A date without a time includes that day.
  const last = end && (end.isDate ? end.ms + 86_399_000 : wallOf(end, start));
  return new RRule({
    ...options,
    dtstart: new Date(start.ms),
    ...(last !== undefined && { until: new Date(last) }),
    ...(isFastRule(rule) && { count: Math.min(options.count ?? FAST_LIMIT, FAST_LIMIT) }),
  });
}

function isFastRule(rule = ''): boolean {
  return /FREQ=(?:SECONDLY|MINUTELY|HOURLY)/i.test(rule);
}

/** A time in the zone of the event's start. */
function wallOf(time: WallTime, start: WallTime): number {
  return time.zone === 'UTC' ? inZone(time, start.zone) : time.ms;
}

/**
 * The range of an agenda: from the first event to the end of the last, and where one repeats without an end, a year on.
 * @returns milliseconds as in `WallTime`, or undefined if there are no events
 */
export function rangeOf(
  events: readonly CalendarEvent[],
): { from: number; to: number; isEndless: boolean } | undefined {
  if (events.length === 0) return undefined;
  const from = events.reduce((first, { start }) => Math.min(first, start.ms), Number.POSITIVE_INFINITY);
  const last = events.reduce((latest, { start, end }) => Math.max(latest, end.ms, start.ms), Number.NEGATIVE_INFINITY);
  const isEndless = events.some(({ rule }) => rule !== undefined && !/(?:UNTIL|COUNT)=/i.test(rule));
  const ends = events.map((event) => lastStart(event) ?? last);
  const to = Math.max(last, ...ends, ...(isEndless ? [last + YEAR] : []));
  return { from, to: to + 1, isEndless };
}

/** When an event that repeats and has an end begins for the last time. */
function lastStart(event: CalendarEvent): number | undefined {
  const { rule, start, added } = event;
  const until = /UNTIL=([^;]*)/i.exec(rule ?? '')?.[1];
  if (until !== undefined) return readTime(until)?.ms;
  const isCounted = /COUNT=/i.test(rule ?? '');
  if (!isCounted && added.length === 0) return undefined;
  const to = isCounted ? start.ms + 100 * YEAR : Math.max(...added.map(({ ms }) => ms)) + 1;
  return seriesOf(event, [], start.ms, to)?.at(-1);
}
