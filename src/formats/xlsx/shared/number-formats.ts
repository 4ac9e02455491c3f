/** Number formats of workbooks (ECMA-376 part 1, 18.8.31): what a cell shows of its number. */

import { format as formatNumber, getFormatInfo, isValidFormat } from 'numfmt';
import type { NumberText } from '../../../shared/kit/table/cell-format.ts';

/** What the numbers of a format are. */
type FormatKind = 'general' | 'number' | 'date' | 'time' | 'duration';

/** `exactText` gives dates and times in ISO 8601, durations in hours, and other numbers with all digits. */
export interface NumberFormat extends NumberText {
  /** The format as text, such as `0.00%`; empty for General and Text. */
  readonly code: string;
  readonly kind: FormatKind;
  /** What a cell with this format shows of a text. */
  textOf(text: string): string;
}

/**
 * The formats that files refer to by number (18.8.30). Excel shows 14 and 22 as the system does: these are shown in
 * ISO 8601.
 */
const BUILT_IN_FORMATS: Readonly<Record<number, string>> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  5: '"$"#,##0_);\\("$"#,##0\\)',
  6: '"$"#,##0_);[Red]\\("$"#,##0\\)',
  7: '"$"#,##0.00_);\\("$"#,##0.00\\)',
  8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd hh:mm',
  37: '#,##0_);\\(#,##0\\)',
  38: '#,##0_);[Red]\\(#,##0\\)',
  39: '#,##0.00_);\\(#,##0.00\\)',
  40: '#,##0.00_);[Red]\\(#,##0.00\\)',
  41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
  42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
  43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
  44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  48: '##0.0E+0',
  49: '@',
};

const MILLISECONDS_PER_DAY = 86_400_000;
/** 31 December 9999, the last day that Excel shows. */
const LAST_DAY = 2_958_465;
/** Days from the first day of 1904 dates to that of 1900 dates. */
const DAYS_UNTIL_1904 = 1462;
/** For Excel, 1900 is a leap year: this day is 29 February 1900, which did not exist. */
export const MISSING_LEAP_DAY = 60;

/** The code of a format that the file does not define. 27 to 36 and 50 to 58 are dates of East Asian locales. */
export function builtInFormat(id: number): string {
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'yyyy-mm-dd';
  return BUILT_IN_FORMATS[id] ?? '';
}

/** @param code a format code; an invalid one is shown as General */
export function numberFormat(code: string, uses1904Dates: boolean): NumberFormat {
  const used = code === 'General' || !isValidFormat(code) ? '' : systemDate(code);
  const kind = kindOf(used);
  // Excel counts the days of 1904 dates from another one, but not those of durations.
  const epoch = uses1904Dates && kind === 'date' ? DAYS_UNTIL_1904 : 0;
  const isPlain = kind === 'general' && /^(?:General|@|)$/.test(used.replace(/\[[a-z]+\]/gi, ''));
  const shown = (value: number): string => formatNumber(used, value, { dateSpanLarge: false }).trim();
  return {
    code: isPlain ? '' : used,
    kind,
    // General and @ show at most 11 characters in Excel: all digits are shown here.
    text(value) {
      if (isPlain) return plainText(value);
      return kind === 'duration' && value < 0 ? `-${shown(-value)}` : shown(value + epoch);
    },
    textOf: (text) => (changesText(used) ? formatNumber(used, text) : text),
    exactText: (value) => exactText(epoch === 0 ? value : value + epoch, kind),
  };
}

/** A code with which Excel shows dates and times as the system does, in ISO 8601. */
function systemDate(code: string): string {
  if (/^\[\$-F800\]/i.test(code)) return 'yyyy-mm-dd';
  if (/^\[\$-F400\]/i.test(code)) return 'hh:mm:ss';
  return code;
}

/** Whether a format adds something to texts, other than space. */
function changesText(code: string): boolean {
  const section = code.split(';').find((one) => one.includes('@')) ?? '@';
  return section.replace(/_.|\*.|\[[a-z]+\]/gi, '') !== '@';
}

function kindOf(code: string): FormatKind {
  if (code === '') return 'general';
  // Quoted and escaped characters, and conditions and colours in brackets, are no parts of dates.
  const parts = code.replace(/"[^"]*"|\\.|_.|\*./g, '');
  if (/\[(?:h+|m+|s+)\]/i.test(parts)) return 'duration';
  switch (getFormatInfo(code).type) {
    case 'date':
    case 'datetime':
      return 'date';
    case 'time':
      return 'time';
    case 'general':
    case 'text':
      return 'general';
    default:
      return 'number';
  }
}

const plainText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** @param days the length of a time, or days since the end of 1899 */
function exactText(days: number, kind: FormatKind): string {
  const isTime = kind === 'duration' || (kind === 'time' && days >= 0 && days < 1);
  if (isTime) return durationText(Math.round(days * MILLISECONDS_PER_DAY));
  // Day 60 did not exist; days out of Excel's range have no date.
  const isDate = days >= 1 && days < LAST_DAY + 1 && Math.floor(days) !== MISSING_LEAP_DAY;
  if ((kind !== 'date' && kind !== 'time') || !isDate) return plainText(days);
  const dayOf1970 = days < MISSING_LEAP_DAY ? 25_568 : 25_569;
  const iso = new Date(Math.round((days - dayOf1970) * MILLISECONDS_PER_DAY)).toISOString();
  const [date = '', time = ''] = iso.slice(0, -1).split('T');
  return time === '00:00:00.000' ? date : `${date} ${time.replace(/\.000$/, '')}`;
}

function durationText(milliseconds: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const size = Math.abs(milliseconds);
  const seconds = Math.floor(size / 1000);
  const fraction = size % 1000 === 0 ? '' : `.${String(size % 1000).padStart(3, '0')}`;
  const sign = milliseconds < 0 ? '-' : '';
  return `${sign}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}
