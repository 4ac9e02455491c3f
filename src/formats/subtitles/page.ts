import type { TextHead } from '../../node/kit/text/text-head.ts';
import { problemsHtml } from '../../shared/kit/page/problems.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { takeWithin } from '../../shared/kit/page/take-within.ts';
import { plural, size } from '../../shared/kit/text/numbers.ts';
import { clock, cueHtml } from './shared/cues.ts';
import { parseSubtitles } from './shared/parse.ts';

/** Characters of HTML that a page holds at once. */
const HTML_LIMIT = 160 * 1024;

const STYLE = `#cues{list-style:none;margin:0;padding:0}.cue{display:flex;gap:16px;padding:5px 4px;border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 32px}
.times{flex:0 0 auto;font:12.5px/1.6 var(--mono);white-space:nowrap}.times .note{display:inline-block;min-width:7ch;text-align:right;margin:0}.voice{color:var(--accent)}
@media(max-width:520px){.cue{flex-direction:column;gap:0}}`;

/** The page of subtitles: facts, problems, and the cues as far as there is room; the script adds the others. */
export function subtitlesPage(input: TextHead, script: string): string {
  const { kind, cues, problems } = parseSubtitles(input.text);
  const rows = takeWithin(cues.map(cueHtml), HTML_LIMIT);
  const isAll = input.isComplete && rows.length === cues.length;
  const facts = isAll
    ? [kind, plural(cues.length, 'cue')]
    : [kind, size(input.bytes), `the first ${plural(rows.length, 'cue')}`];
  const last = cues.reduce((latest, { end }) => Math.max(latest, end), 0);
  if (isAll && cues.length > 0) facts.push(`until ${clock(last)}`);
  const notes = [input.note ?? '', input.bytes === 0 ? 'The file is empty.' : ''].filter(Boolean);
  return page({
    title: input.title,
    style: STYLE,
    body: `<div class="bar"><span class="note" id="info" role="status">${facts.join(' · ')}</span><input id="find" type="search" placeholder="Filter cues" aria-label="Filter cues">${isAll ? '' : '<button type="button" id="all">All cues</button>'}</div>
${notes.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join('')}${problemsHtml(problems)}<ol id="cues">${rows.join('')}</ol>`,
    data: { source: input.source, charset: input.charset },
    scripts: [script],
  });
}
