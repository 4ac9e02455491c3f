import { textHtml } from './charset.ts';
import { findLevel, findTime, type Level, levelTracker } from './log-levels.ts';

/** Turns consecutive pieces of a log into HTML: times and levels are marked up, lines of one level are in one span. */
export function logHighlighter(): (text: string) => string {
  const levelOf = levelTracker();
  return (text) => {
    let out = '';
    let run: Level | undefined;
    for (const line of text.split(/(?<=\n|\r(?!\n))/)) {
      const level = levelOf(line.trimEnd());
      if (level !== run) out += `${run ? '</span>' : ''}<span class="r${level}">`;
      run = level;
      out += lineHtml(line);
    }
    return run ? `${out}</span>` : out;
  };
}

/** A log as HTML. */
export function logHtml(text: string): string {
  return text === '' ? '' : logHighlighter()(text);
}

function lineHtml(line: string): string {
  const time = findTime(line);
  const level = findLevel(line);
  const parts = [
    ...(time ? [{ ...time, tag: 'span class="lt"' }] : []),
    ...(level ? [{ ...level, tag: `b class="l${level.level}"` }] : []),
  ].sort((a, b) => a.from - b.from);
  let out = '';
  let at = 0;
  for (const { from, to, tag } of parts) {
    // In the glog format the level is the first letter of the time.
    if (from < at) continue;
    out += `${textHtml(line.slice(at, from))}<${tag}>${textHtml(line.slice(from, to))}</${tag.split(' ')[0]}>`;
    at = to;
  }
  return out + textHtml(line.slice(at));
}

/** The level selector above a log. It works without a script: the style sheet hides the other lines. */
export const LEVEL_SELECT =
  '<select id="level" aria-label="Levels"><option value="d">All lines</option>' +
  '<option value="i">Information and worse</option><option value="w">Warnings and errors</option>' +
  '<option value="e">Errors</option></select>';

/** CSS of the log markup and the level selector. */
export const LOG_STYLE = `.lt,.rd,.ld{color:var(--dim)}.le{color:var(--bad)}.lw{color:var(--warn)}
.li{color:var(--accent)}.ld,.li{font-weight:400}
body:has(#level [value=i]:checked) .rd,body:has(#level [value=w]:checked) :is(.rd,.ri,.rn),
body:has(#level [value=e]:checked) :is(.rd,.ri,.rn,.rw){
display:none}`;
