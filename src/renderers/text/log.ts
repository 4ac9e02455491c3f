import { textHtml } from './charset.ts';

// A time at the beginning of a line as most logs write it: 2024-01-31T12:00:00.123Z, [31/Jan/2024:12:00:00 +0000], Jan 31 12:00:00.
const TIME =
  /^(\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\]?)/gm;
const LEVEL = /\b(?:(FATAL|CRITICAL|SEVERE|PANIC|ERROR|ERR)|(WARN(?:ING)?))\b/g;

/** A log as HTML: its times step back, its errors and warnings stand out. */
export function logHtml(text: string): string {
  return textHtml(text)
    .replace(LEVEL, (word, bad?: string) => `<b class="${bad ? 'le' : 'lw'}">${word}</b>`)
    .replace(TIME, '<span class="lt">$1</span>');
}

/** The style sheet that `logHtml` counts on. */
export const LOG_STYLE = '.lt{color:var(--dim)}.le{color:var(--bad)}.lw{color:var(--warn)}';
