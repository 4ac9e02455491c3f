import type { RenderInput, RenderOutput } from '../../../shared/format.ts';
import { isBlank, NOTHING_VISIBLE, type PageParts, page } from '../../../shared/kit/page/shell.ts';
import {
  type Charset,
  completeCharacters,
  countNewlines,
  type Detected,
  decode,
  textHtml,
} from '../../../shared/kit/text/charset.ts';
import { LEVEL_SELECT, LOG_STYLE } from '../../../shared/kit/text/log-html.ts';
import { isLog, lineTime } from '../../../shared/kit/text/log-levels.ts';
import { about, plural, size } from '../../../shared/kit/text/numbers.ts';
import { isTerminal } from '../../../shared/kit/text/screen.ts';
import { ANSI_STYLE } from '../../../shared/kit/text/sgr.ts';
import { type ViewMode, type ViewModeName, viewMode } from '../../../shared/kit/text/view-mode.ts';
import { detectText } from '../page/unreadable.ts';
import { type FileEnds, readEnds } from './file-ends.ts';

/** The largest HTML of a page, in characters. If markup exceeds it, the page shows less of the file. */
const HTML_LIMIT = 200 * 1024;

const STYLE = `.gap{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin:10px 0;padding:6px 10px;
border:1px dashed var(--line);border-radius:6px;background:var(--soft);color:var(--dim);font-size:12.5px}
.view{height:540px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:6px 10px;overflow-anchor:none}
.alone .view{height:calc(100vh - 90px)}
.gap span{flex:1 1 auto}input[type=range]{flex:1 1 160px;padding:0}mark{background:#ffd54a;color:#000}`;

const STYLES: Partial<Record<ViewModeName, string>> = {
  ansi: ANSI_STYLE,
  log: LOG_STYLE,
  hex: 'pre{white-space:pre;overflow-x:auto}',
};

export interface TextPageOptions {
  readonly mode: ViewModeName;
  /** Switch to `ansi` or `log` if the first bytes are terminal output or a log. */
  readonly detectMode?: boolean;
  /** Bytes that are shown: the whole file up to `whole` bytes, else its first `head` and last `tail` bytes. */
  readonly limits: { readonly whole: number; readonly head: number; readonly tail: number };
  /** Additional CSS. */
  readonly style?: string;
  /** HTML above the text. */
  readonly htmlAbove?: string;
}

export const TEXT_LIMITS = { whole: 64 * 1024, head: 16 * 1024, tail: 8 * 1024 };

/** Writes the page of a text file: all of a small file, both ends of a large one, the last lines of a growing one. */
export async function textPage(input: RenderInput, output: RenderOutput, options: TextPageOptions): Promise<void> {
  const ends = readEnds(input.path, options.limits);
  const charset: Detected = options.mode === 'hex' ? { charset: 'utf-8' } : detectText(ends.head);
  const name = (options.detectMode && guessMode(ends.head, charset.charset)) || options.mode;
  const mode = viewMode(name, charset.charset);
  let parts: PageContent;
  // Markup may be many times larger than the text: halve the shown bytes until the page fits.
  for (let scale = 1; ; scale /= 2) {
    parts = input.open
      ? lastLines(ends, mode, charset, scale)
      : (wholeFile(ends, mode, charset, scale) ?? headAndTail(ends, mode, charset, scale, options));
    if (parts.body.length <= HTML_LIMIT || scale < 1 / 512) break;
  }
  await output.page(
    page({
      title: input.title ?? input.name,
      style: (parts.data || name === 'log' ? STYLE : '') + (STYLES[name] ?? '') + (options.style ?? ''),
      body: (options.htmlAbove ?? '') + parts.body,
      ...(parts.data && {
        data: {
          source: input.source,
          mode: name,
          charset: charset.charset,
          size: String(ends.size),
          ...parts.data,
        },
        scripts: [output.asset('text.js')],
      }),
    }),
  );
}

function guessMode(head: Uint8Array, charset: Charset): ViewModeName | undefined {
  const text = decode(head.subarray(0, 4096), charset);
  return isTerminal(text) ? 'ansi' : isLog(text) ? 'log' : undefined;
}

/** `data`: parameters of the page's script; absent if the page needs no script. */
type PageContent = Pick<PageParts, 'body' | 'data'>;

function wholeFile(
  ends: FileEnds,
  mode: ViewMode,
  { charset, note }: Detected,
  scale: number,
): PageContent | undefined {
  if (ends.tail.length > 0 || scale < 1) return undefined;
  const lines = countNewlines(ends.head, charset);
  const notes = [...(mode.hasLines && lines >= 25 ? [plural(lines, 'line')] : []), ...(note ? [note] : [])];
  const html = mode.html(ends.head, 0);
  const empty = isBlank(html) ? `<p class="note">${ends.size === 0 ? 'Empty.' : NOTHING_VISIBLE}</p>` : '';
  if (mode.isLog && /class="r[ewid]"/.test(html)) {
    const facts = [plural(lines, 'line'), ...timesOf(ends.head, charset), ...(note ? [note] : [])].join(' · ');
    return { body: `<div class="bar"><span class="note">${facts}</span>${LEVEL_SELECT}</div><pre>\n${html}</pre>` };
  }
  const below = notes.length > 0 ? `<p class="note">${notes.join(' · ')}</p>` : empty;
  return { body: `<pre>\n${html}</pre>${below}` };
}

function headAndTail(
  ends: FileEnds,
  mode: ViewMode,
  { charset, note }: Detected,
  scale: number,
  { limits }: TextPageOptions,
): PageContent {
  const first = ends.head.subarray(0, limits.head * scale);
  const head = first.subarray(0, mode.alignEnd(first));
  const end = ends.tail.length > 0 ? ends.tail : ends.head;
  const endStart = ends.size - end.length;
  const tailStart = ends.size - limits.tail * scale;
  // Begin at a multiple of 16, which every mode's unit divides, and not before the end of the head.
  const last = end.subarray(Math.max(0, tailStart - (tailStart % 16) - endStart, head.length - endStart));
  const tail = last.subarray(mode.alignStart(last));
  const omitted = ends.size - head.length - tail.length;
  const perByte = (countNewlines(head, charset) + countNewlines(tail, charset)) / (head.length + tail.length || 1);
  const lines = (bytes: number) => (mode.hasLines ? `, ${about(bytes * perByte, 'line')}` : '');
  const times = mode.isLog ? timesOf(head, charset, tail) : [];
  const facts = [`${size(ends.size)}<span id="lines">${lines(ends.size)}</span>`, ...times, ...(note ? [note] : [])];
  const tools = [
    mode.isLog ? LEVEL_SELECT : '',
    mode.hasLines ? '<button id="count">Count lines</button>' : '',
    '<input id="find" type="search" placeholder="Find" aria-label="Find in the whole file">',
    '<button id="show-all">Whole file</button>',
  ].join('');
  const gap = [
    `<div class="gap" id="gap"><span id="left">${size(omitted)}${lines(omitted)} left out</span>`,
    '<button id="down">↓ Show more</button><button id="up">↑ Show more before the end</button></div>',
  ].join('');
  return {
    body: `<div class="bar"><span class="note" id="info">${facts.join(' · ')}</span>${tools}</div>
<div id="ends"><pre id="head">
${mode.html(head, 0)}</pre>${gap}<pre id="tail">
${mode.html(tail, ends.size - tail.length)}</pre></div>`,
    data: { head: String(head.length), tail: String(ends.size - tail.length) },
  };
}

/** The time range of a log, by its first and last line with a time: one text or none. */
function timesOf(head: Uint8Array, charset: Charset, tail = head): string[] {
  const times = (bytes: Uint8Array) => decode(bytes, charset).split('\n').map(lineTime).filter(Boolean);
  const [first, last] = [times(head)[0], times(tail).at(-1)];
  return first && last ? [textHtml(first === last ? first : `${first} to ${last}`)] : [];
}

function lastLines(ends: FileEnds, mode: ViewMode, { charset, note }: Detected, scale: number): PageContent {
  const end = ends.tail.length > 0 ? ends.tail : ends.head;
  const cut = end.length < ends.size || scale < 1;
  const last = end.subarray(Math.floor(end.length * (1 - scale)) & ~1);
  const known = last.subarray(cut ? mode.alignStart(last) : 0);
  const text = known.subarray(0, completeCharacters(known, charset));
  const start = ends.size - known.length;
  const bar = mode.isLog ? `<div class="bar"><span class="note"></span>${LEVEL_SELECT}</div>` : '';
  const cutNote = `<p class="note" id="cut"${start > 0 ? '' : ' hidden'}>Earlier lines are not shown here.</p>`;
  return {
    body: `${bar}${cutNote}<pre id="text">
${mode.html(text, start)}</pre><p class="note" id="state">${note ? `${note} ` : ''}Still growing.</p>`,
    data: { from: String(start), end: String(start + text.length), open: '1' },
  };
}
