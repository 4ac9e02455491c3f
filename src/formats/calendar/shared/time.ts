import type { Property } from './ical.ts';

/**
 * A date, perhaps with a time, as written: the reading of a clock in its zone. `ms` counts as if the zone were UTC, so that
 * it can be compared and repeated without regard to daylight saving time, as RFC 5545 repeats events.
 */
export interface WallTime {
  readonly ms: number;
  /** Whether it is a date without a time. */
  readonly isDate: boolean;
  /** `UTC`, the name of a zone, or undefined for a time that is the same wherever the reader is. */
  readonly zone?: string;
}

export const DAY = 86_400_000;

/** Reads `20260131`, `20260131T093000` or `20260131T093000Z`; undefined where it is none of these or no date. */
export function readTime(value: string, zone?: string): WallTime | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$/.exec(value.trim());
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59) return undefined;
  if (match[4] === undefined) return { ms, isDate: true };
  return { ms, isDate: false, zone: match[7] ? 'UTC' : zone };
}

/** The times of a property such as DTSTART or EXDATE, which may hold several. Those that cannot be read are left out. */
export function timesOf({ value, params }: Property): WallTime[] {
  return value.split(',').flatMap((each) => readTime(each.split('/')[0] ?? '', params.TZID) ?? []);
}

/** Parses a duration such as `PT1H30M`, `P2D` or `-P1W` to milliseconds. Returns undefined if it is invalid. */
export function readDuration(value: string): number | undefined {
  const match = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value.trim());
  if (!match) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((part) => Number(part ?? 0));
  const ms = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return match[1] === '-' ? -ms : ms;
}

/** A time in UTC as the clock of `zone` shows it; unchanged where the zone is not known to this system. */
export function inZone({ ms }: WallTime, zone: string | undefined): number {
  if (zone === undefined || zone === 'UTC') return ms;
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(ms);
    const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  } catch {
    return ms;
  }
}
