import { escapeHtml } from '../../../shared/kit/page/shell.ts';

/** An entry of a systemd journal, as printed by `journalctl -o json`: one JSON object per line. */
export interface JournalEntry {
  /** Milliseconds since 1970; NaN if missing. */
  readonly time: number;
  /** Syslog level: 0 (emergency) to 7 (debug). */
  readonly level: number;
  readonly unit: string;
  readonly source: string;
  readonly message: string;
}

export const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;
const INFO = 6;
/** Longest message that is shown, characters. */
const MAX_MESSAGE = 4000;

export const STYLE = `.entry{display:grid;grid-template-columns:auto minmax(0,14em) 1fr;gap:0 12px;font:13px/1.45 var(--mono);padding:1px 8px;border-left:3px solid transparent}.entry time{color:var(--dim);white-space:nowrap}.entry b{font-weight:400;color:var(--accent);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.entry span{white-space:pre-wrap}
.l0,.l1,.l2,.l3{border-color:var(--bad)}.l0 span,.l1 span,.l2 span,.l3 span{color:var(--bad)}.l0 span,.l1 span,.l2 span{font-weight:600}.l4{border-color:var(--warn)}.l4 span{color:var(--warn)}.l5 span{font-weight:600}.l7 span{color:var(--dim)}
@media(max-width:640px){.entry{grid-template-columns:auto 1fr}.entry span{grid-column:1/-1}}`;

/** Parses a line; returns undefined if it is not an entry. */
export function entryOf(line: string): JournalEntry | undefined {
  let fields: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    fields = value as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const text = (name: string) => textOf(fields[name]);
  const level = text('PRIORITY') === '' ? INFO : Number(text('PRIORITY'));
  const name = text('SYSLOG_IDENTIFIER') || text('_COMM') || text('_SYSTEMD_UNIT');
  const pid = text('_PID') || text('SYSLOG_PID');
  return {
    time: Math.floor(Number(text('__REALTIME_TIMESTAMP') || Number.NaN) / 1000),
    level: level >= 0 && level <= 7 ? Math.floor(level) : INFO,
    unit: text('_SYSTEMD_UNIT') || text('_SYSTEMD_USER_UNIT'),
    source: `${name}${pid ? `[${pid}]` : ''}`,
    message: text('MESSAGE').slice(0, MAX_MESSAGE),
  };
}

/** A field: a text, an array of bytes if it is not valid text, or a list if it occurs more than once. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return '';
  if (value.length > 0 && value.every((item) => typeof item === 'number'))
    return new TextDecoder().decode(Uint8Array.from(value.slice(0, 4 * MAX_MESSAGE) as number[]));
  return value.map(textOf).join('\n');
}

/** An entry as HTML, with times in UTC. */
export function entryHtml({ time, level, unit, source, message }: JournalEntry): string {
  const [stamp, shortTime] = Number.isNaN(time) || Math.abs(time) > 8.64e15 ? ['', '–'] : stampsOf(time);
  const title = `${LEVELS[level]}${unit ? `, ${unit}` : ''}`;
  return `<div class="entry l${level}" title="${escapeHtml(title)}"><time datetime="${stamp}">${shortTime}</time><b>${escapeHtml(source)}</b><span>${escapeHtml(message)}</span></div>`;
}

function stampsOf(time: number): [string, string] {
  const stamp = new Date(time).toISOString();
  return [stamp, stamp.slice(0, 19).replace('T', ' ')];
}
